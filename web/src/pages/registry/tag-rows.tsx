import type { KeyValue } from '../../../../src/edges/http/contract.ts'
import { FormButton } from '../../parts/form-button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Section } from '../../parts/heading.tsx'

/** Tags of a model or a version, and the one form that changes them. */
export function TagRows({ tags, path }: { tags: readonly KeyValue[]; path: string }) {
  return (
    <Section title={`Tags (${tags.length})`}>
      {tags.length === 0 ? null : (
        <Facts facts={tags.map(({ key, value }) => ({ name: key, value }))} />
      )}
      <p style={{ marginTop: 10 }}>
        <FormButton
          label="Change a tag"
          submit="Save"
          fields={[
            { name: 'key', label: 'Tag' },
            {
              name: 'value',
              label: 'Value',
              optional: true,
              hint: 'Left empty, the tag is taken away.',
            },
          ]}
          path={path}
          body={({ key = '', value = '' }) =>
            value === '' ? { unset: [key.trim()] } : { set: [{ key: key.trim(), value }] }
          }
        />
      </p>
    </Section>
  )
}
