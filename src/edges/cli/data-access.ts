import type { openForeign } from '../../capabilities/datasets/index.ts'
import { cliErrors } from './errors.ts'

type Access = NonNullable<Parameters<typeof openForeign>[1]['access']>

export interface AccessAsked {
  readonly config?: string
  readonly remote?: string
  /** `name=value` */
  readonly remoteConfig?: readonly string[]
}

/** What is recorded of `--config`, `--remote` and `--remote-config`, in the form that dvc has for it. @throws CLI_USAGE */
export function accessAsked({ config, remote, remoteConfig }: AccessAsked): Access {
  if (remoteConfig === undefined) return { config, remote }
  const settings = new Map(remoteConfig.map((each) => setting(each)))
  if (remote === undefined) return { config, remote: settings }
  if (config !== undefined)
    throw cliErrors.CLI_USAGE({
      detail:
        '--config names a file, and so does not go with --remote and --remote-config together',
    })
  const remotes = new Map([[remote, settings]])
  return {
    config: new Map([
      ['core', new Map<string, string | typeof settings>([['remote', remote]])],
      ['remote', remotes],
    ]),
  }
}

function setting(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw cliErrors.CLI_USAGE({ detail: `--remote-config takes NAME=VALUE; "${text}" is none` })
}
