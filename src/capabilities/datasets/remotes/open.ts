import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import type { Remote } from './port.ts'
import { type RemoteSettings, remoteSettings } from './settings.ts'
import { valuesOf } from './values.ts'

type Open = (settings: RemoteSettings) => Promise<Remote>

/** By the scheme of the address. Each adapter is loaded when an address asks for it. */
const ADAPTERS: Readonly<Record<string, Open>> = {
  file: async (settings) => (await import('./local.ts')).openLocalRemote(settings),
  ssh: async (settings) => (await import('./ssh.ts')).openSshRemote(settings),
  http: async (settings) => (await import('./http.ts')).openHttpRemote(settings),
  https: async (settings) => (await import('./http.ts')).openHttpRemote(settings),
  s3: async (settings) => (await import('./s3.ts')).openS3Remote(settings),
  gs: async (settings) => (await import('./gcs.ts')).openGcsRemote(settings),
  azure: async (settings) => (await import('./azure.ts')).openAzureRemote(settings),
}

/**
 * Opens a remote by its name in the configuration, the default one, or an address. Close it after use.
 * @throws DATASET_REMOTE_UNKNOWN, DATASET_REMOTE_UNSUPPORTED, and what the adapter throws
 */
export function openRemote(
  project: Pick<DataProject, 'settings'>,
  asked?: string,
): Promise<Remote> {
  const settings =
    asked !== undefined && (asked.includes('://') || asked.startsWith('/'))
      ? { name: asked, url: asked, values: new Map() }
      : remoteSettings(project.settings, asked)
  return openSettings(settings)
}

function openSettings(settings: RemoteSettings): Promise<Remote> {
  refuseOwnNames(settings)
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(settings.url)?.[1]?.toLowerCase() ?? 'file'
  const open = ADAPTERS[scheme]
  if (open !== undefined) return open(settings)
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `remote "${settings.name}" has an address of kind ${scheme}://, known are ${Object.keys(ADAPTERS).join(', ')}`,
  })
}

// Objects by their hash would lie beside files by their names, and DVC would find neither where it looks.
function refuseOwnNames(settings: RemoteSettings): void {
  const { flag } = valuesOf(settings)
  const key = ['version_aware', 'worktree'].find((name) => flag(name) === true)
  if (key === undefined) return
  const { name } = settings
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `remote "${name}" says ${key} = true: it keeps files by their names and the store's own versions; expected one that keeps objects by their hash`,
    path: `remote.${name}.${key}`,
    next: `Move this data with \`dvc pull -r ${name}\` and \`dvc push -r ${name}\`, or add a remote without ${key}: \`ratchet remote add NAME ADDRESS\`.`,
  })
}
