import { FormButton } from '../../parts/form-button.tsx'

/** Sets a tag on runs; without a value, takes it away. */
export function TagButton({ ids, label = 'Tag' }: { ids: readonly string[]; label?: string }) {
  return (
    <FormButton
      label={label}
      title={ids.length === 1 ? 'Tag this run' : `Tag ${ids.length} runs`}
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
      path="/runs/tag"
      body={({ key = '', value = '' }) =>
        value === '' ? { ids, unset: [key.trim()] } : { ids, set: [{ key: key.trim(), value }] }
      }
    />
  )
}
