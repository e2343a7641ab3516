import { FormButton } from '../../parts/form-button.tsx'

/** Gives a run another name. */
export function RenameButton({ id, name = '' }: { id: string; name?: string }) {
  return (
    <FormButton
      label="Rename"
      title="Rename this run"
      submit="Rename"
      fields={[{ name: 'name', label: 'New name', initial: name }]}
      path="/runs/rename"
      body={({ name: chosen = '' }) => ({ ids: [id], name: chosen })}
    />
  )
}
