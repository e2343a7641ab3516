import { dirname, isAbsolute, resolve } from 'node:path'
import { homedir } from 'node:os'
import type { ConfigLevel, DvcSettings } from '../config.ts'
import { datasetErrors } from '../errors.ts'

export interface RemoteValue {
  readonly text: string
  /** Where it is set: what runs a command or names a secret must not come from a file under version control. */
  readonly level: ConfigLevel
  /** The configuration file that says it: relative paths start in its folder. */
  readonly file: string
}

/** One `['remote "name"']` of DVC's configuration, with those that a `remote://` address leads through below it. */
export interface RemoteSettings {
  readonly name: string
  /** Absolute: a path of this machine, or an address with a scheme. */
  readonly url: string
  /** All its keys in lower case, as they are written. */
  readonly values: ReadonlyMap<string, RemoteValue>
}

const SECTION = /^remote "(.*)"$/

/** The names of all remotes that are configured. */
export function remoteNames(settings: DvcSettings): readonly string[] {
  return [...settings.keys()].flatMap((section) => SECTION.exec(section)?.[1] ?? [])
}

/** The remote that commands use when none is named; null where none is set. */
export function defaultRemote(settings: DvcSettings): string | null {
  return settings.get('core')?.get('remote')?.text ?? null
}

/**
 * The settings of a remote, by name or the default one.
 * @throws DATASET_REMOTE_UNKNOWN, DATASET_FILE_INVALID
 */
export function remoteSettings(
  settings: DvcSettings,
  asked?: string,
  seen: readonly string[] = [],
): RemoteSettings {
  const name = asked ?? defaultRemote(settings)
  if (name === null)
    throw datasetErrors.DATASET_REMOTE_UNKNOWN({
      detail: 'no remote is named, and none is the default',
    })
  const values = settings.get(`remote "${name}"`)
  const url = values?.get('url')
  if (values === undefined || url === undefined) {
    const known = remoteNames(settings).join(', ')
    const there = known === '' ? 'there are none' : `there are: ${known}`
    throw datasetErrors.DATASET_REMOTE_UNKNOWN({ detail: `"${name}" has no url; ${there}` })
  }
  const chained = /^remote:\/\/([^/]+)(.*)$/.exec(url.text)
  if (chained === null) return { name, url: resolveUrl(url), values }
  const [, other = '', path = ''] = chained
  if (seen.includes(other))
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: `the addresses of ${[...seen, name].join(', ')} lead round in a circle`,
      path: url.file,
    })
  const base = remoteSettings(settings, other, [...seen, name])
  const joined = base.url.replace(/\/+$/, '') + (path.startsWith('/') ? path : `/${path}`)
  return { name, url: joined.replace(/\/+$/, ''), values: new Map([...base.values, ...values]) }
}

function resolveUrl(url: RemoteValue): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url.text)) return url.text
  return resolvePath(url)
}

/** A path of the configuration: from the file that says it, `~` being the user's own folder. */
export function resolvePath({ text, file }: RemoteValue): string {
  if (text === '~' || text.startsWith('~/')) return homedir() + text.slice(1)
  return isAbsolute(text) ? text : resolve(dirname(file), text)
}
