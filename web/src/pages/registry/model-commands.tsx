import type { RegisteredModel } from '../../../../src/edges/http/contract.ts'
import { CommandButton } from '../../parts/command-button.tsx'
import { FormButton } from '../../parts/form-button.tsx'
import { DescribeButton } from './describe-button.tsx'

/** What can be done with a registered model. */
export function ModelCommands({
  model: { name, description, aliases, versions },
}: {
  model: RegisteredModel
}) {
  const path = `/registry/${encodeURIComponent(name)}`
  return (
    <>
      <FormButton
        label="Set an alias"
        submit="Set it"
        explain="A name that callers use instead of a number. Setting it where it points elsewhere moves it."
        fields={[
          { name: 'alias', label: 'Alias', initial: aliases.length === 0 ? 'candidate' : '' },
          { name: 'version', label: 'Version' },
        ]}
        path={`${path}/alias`}
        body={({ alias = '', version = '' }) => ({
          alias: alias.trim(),
          version: Number(version.replace(/^v/i, '')),
        })}
      />
      {aliases.length === 0 ? null : (
        <FormButton
          label="Take an alias away"
          submit="Take it away"
          fields={[
            {
              name: 'alias',
              label: 'Alias',
              initial: aliases[0]?.alias,
              options: aliases.map(({ alias }) => alias),
            },
          ]}
          path={`${path}/alias`}
          body={({ alias = '' }) => ({ alias, version: null })}
        />
      )}
      <DescribeButton title={`Describe ${name}`} text={description} path={`${path}/describe`} />
      <CommandButton
        label="Delete"
        explain={`${name} goes with all its ${versions} versions and its aliases. This cannot be undone; its history stays known.`}
        path={`${path}/delete`}
        kind="danger"
        confirmName={name}
      />
    </>
  )
}
