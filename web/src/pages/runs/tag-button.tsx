import type { RunCommand } from '../../../../src/edges/http/contract.ts'
import { FormButton } from '../../parts/form-button.tsx'

interface TagButtonProps {
  /** How they are called: `this run`, `3 runs`. */
  readonly runs: string
  /** Which runs. */
  readonly body: Pick<RunCommand, 'ids' | 'matching' | 'except'>
}

/** Sets a tag on runs; without a value, takes it away. */
export function TagButton({ runs, body }: TagButtonProps) {
  return (
    <FormButton
      label="Tag"
      title={`Tag ${runs}`}
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
        value === ''
          ? { ...body, unset: [key.trim()] }
          : { ...body, set: [{ key: key.trim(), value }] }
      }
    />
  )
}
