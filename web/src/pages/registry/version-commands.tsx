import type { Passport } from '../../../../src/edges/http/contract.ts'
import { CommandButton } from '../../parts/command-button.tsx'
import { FormButton } from '../../parts/form-button.tsx'
import { DescribeButton } from './describe-button.tsx'

const STAGES = ['None', 'Staging', 'Production', 'Archived']

/** What can be done with a version. */
export function VersionCommands({ passport, path }: { passport: Passport; path: string }) {
  const { model, version, description, stage, aliases } = passport
  const others = aliases.length === 0 ? 'candidate' : ''
  return (
    <>
      <FormButton
        label="Alias"
        title={`Point an alias at v${version}`}
        submit="Set it"
        explain="Callers that use the alias get this version from now on. The champion of a model of the loop is better made by Promote, which asks the gate."
        fields={[{ name: 'alias', label: 'Alias', initial: others }]}
        path={`/registry/${encodeURIComponent(model)}/alias`}
        body={({ alias = '' }) => ({ alias: alias.trim(), version })}
      />
      <FormButton
        label="Stage"
        title={`Move v${version} to a stage`}
        submit="Move it"
        explain="Versions that are in Staging or Production already go to Archived."
        fields={[{ name: 'stage', label: 'Stage', initial: stage, options: STAGES }]}
        path={`${path}/stage`}
        body={({ stage: chosen = 'None' }) => ({
          stage: chosen,
          archive_existing: chosen === 'Staging' || chosen === 'Production',
        })}
      />
      <DescribeButton title={`Describe v${version}`} text={description} path={`${path}/describe`} />
      <CommandButton
        label="Delete"
        explain={`v${version} goes with its aliases. Its number is not given again, and this cannot be undone.`}
        path={`${path}/delete`}
        kind="danger"
        confirmName={`${model}/${version}`}
      />
    </>
  )
}
