import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type DvcSettings, parseDvcConfig } from '../config.ts'
import { datasetErrors } from '../errors.ts'
import { defaultRemote, type RemoteValue } from '../remotes/settings.ts'
import { isYamlMap, type YamlMap, type YamlValue } from '../yaml-values.ts'

/** What an import says of how to reach the data of the other repository. */
export interface Access {
  /** A file of settings, or the settings. */
  readonly config?: YamlValue | undefined
  /** The name of the remote to use, or settings of the default one. */
  readonly remote?: YamlValue | undefined
}

type Said = readonly (readonly [section: string, values: ReadonlyMap<string, string>])[]

/**
 * The settings of another repository with those of an import over them. Relative paths start in `cwd`.
 * @throws DATASET_NOT_FOUND, DATASET_REMOTE_UNKNOWN
 */
export function withAccess(
  settings: DvcSettings,
  { config, remote }: Access,
  cwd: string,
): DvcSettings {
  const file = typeof config === 'string' && config !== '' ? resolve(cwd, config) : null
  const own = file === null ? saidBy(config) : saidIn(file)
  const named: Said =
    typeof remote === 'string' && remote !== '' ? [['core', new Map([['remote', remote]])]] : []
  const here = join(cwd, 'import')
  const configured = over(over(settings, own, file ?? here), named, here)
  if (!isYamlMap(remote)) return configured
  const name = defaultRemote(configured)
  if (name === null)
    throw datasetErrors.DATASET_REMOTE_UNKNOWN({
      detail: 'settings are given for the default remote of the other repository, which has none',
      next: 'Name the remote with --remote, too.',
    })
  return over(configured, [[`remote "${name}"`, texts(remote)]], here)
}

function saidIn(file: string): Said {
  if (!existsSync(file))
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `there is no file of settings ${file}` })
  return [...parseDvcConfig(readFileSync(file, 'utf8'))]
}

// DVC records `remote: { name: … }` where its files have a section `remote "name"`.
function saidBy(config: YamlValue | undefined): Said {
  if (!isYamlMap(config)) return []
  return [...config].flatMap(([section, values]): Said => {
    if (!isYamlMap(values)) return []
    if (section !== 'remote') return [[section, texts(values)]]
    return [...values].flatMap(([name, own]): Said =>
      isYamlMap(own) ? [[`remote "${name}"`, texts(own)]] : [],
    )
  })
}

function texts(values: YamlMap): ReadonlyMap<string, string> {
  return new Map([...values].map(([key, value]) => [key.toLowerCase(), String(value)]))
}

// Git versions an import: its settings are trusted no more than those of a repository.
function over(settings: DvcSettings, said: Said, file: string): DvcSettings {
  const merged = new Map(settings)
  for (const [section, values] of said) {
    const target = new Map<string, RemoteValue>(merged.get(section))
    for (const [key, text] of values) target.set(key, { text, level: 'repo', file })
    merged.set(section, target)
  }
  return merged
}
