import type { Experiment } from '../../../../src/edges/http/contract.ts'
import { CommandButton } from '../../parts/command-button.tsx'
import { FormButton } from '../../parts/form-button.tsx'

const NOTE = 'mlflow.note.content'

/** What can be done with an experiment. */
export function ExperimentButtons({ experiment }: { experiment: Experiment }) {
  const { id, name, lifecycle, tags, runs } = experiment
  if (lifecycle === 'deleted')
    return (
      <CommandButton
        label="Restore"
        explain={`${name} and all its runs will be listed again.`}
        path={`/experiments/${id}/restore`}
        kind="primary"
      />
    )
  return (
    <>
      <FormButton
        label="Describe"
        title="Describe this experiment"
        submit="Save"
        fields={[
          {
            name: 'description',
            label: 'What it is about',
            lines: 4,
            optional: true,
            initial: tags.find(({ key }) => key === NOTE)?.value,
          },
        ]}
        path={`/experiments/${id}/describe`}
        body={({ description = '' }) => ({ description })}
      />
      <FormButton
        label="Rename"
        title="Rename this experiment"
        submit="Rename"
        fields={[
          {
            name: 'name',
            label: 'New name',
            initial: name,
            hint: 'Slashes make folders: team/project/x',
          },
        ]}
        path={`/experiments/${id}/rename`}
        body={({ name: chosen = '' }) => ({ name: chosen })}
      />
      {id === '0' ? null : (
        <CommandButton
          label="Delete"
          explain={`${name} with its ${runs} runs will no longer be listed. It keeps its name and can be restored until it is cleared away.`}
          path={`/experiments/${id}/delete`}
          kind="danger"
          confirmName={name}
        />
      )}
    </>
  )
}
