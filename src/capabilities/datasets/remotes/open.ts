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
 * Opens a remote of objects by its name in the configuration, the default one, or an address. Close it after use.
 * @throws DATASET_REMOTE_UNKNOWN, DATASET_REMOTE_UNSUPPORTED, and what the adapter throws
 */
export async function openRemote(
  project: Pick<DataProject, 'settings'>,
  asked?: string,
): Promise<Remote> {
  const remote = await openAnyRemote(project, asked)
  if (remote.versioned === undefined) return remote
  await remote.close()
  throw refusedVersions(remote)
}

/** Also one that keeps files under their own names, in versions. */
export async function openAnyRemote(
  project: Pick<DataProject, 'settings'>,
  asked?: string,
): Promise<Remote> {
  const settings =
    asked !== undefined && (asked.includes('://') || asked.startsWith('/'))
      ? { name: asked, url: asked, values: new Map() }
      : remoteSettings(project.settings, asked)
  const versioned = versionsOf(settings)
  const jobs = jobsOf(settings)
  const remote = await openSettings(settings)
  return { ...remote, versioned, jobs: jobs ?? remote.jobs }
}

/** @throws DATASET_CONFIG_INVALID */
function jobsOf(settings: RemoteSettings): number | undefined {
  const { number, text } = valuesOf(settings)
  const [jobs, said] = [number('jobs'), text('jobs')]
  if (said === undefined || (jobs !== undefined && jobs >= 1 && Number.isInteger(jobs))) return jobs
  throw datasetErrors.DATASET_CONFIG_INVALID({
    detail: `remote "${settings.name}" says jobs = ${said}; expected a whole number from 1`,
    path: `remote.${settings.name}.jobs`,
  })
}

const schemeOf = ({ url }: RemoteSettings): string =>
  /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? 'file'

function openSettings(settings: RemoteSettings): Promise<Remote> {
  const scheme = schemeOf(settings)
  const open = ADAPTERS[scheme]
  if (open !== undefined) return open(settings)
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `remote "${settings.name}" has an address of kind ${scheme}://, known are ${Object.keys(ADAPTERS).join(', ')}`,
  })
}

/** Stores that keep versions of what has one name. */
const KEEPING_VERSIONS: readonly string[] = ['s3', 'gs', 'azure']

/** What `version_aware` and `worktree` say; a worktree is version-aware too. */
function versionsOf(settings: RemoteSettings): Remote['versioned'] {
  const { flag } = valuesOf(settings)
  const worktree = flag('worktree') === true
  const aware = flag('version_aware') ?? worktree
  if (!worktree && !aware) return undefined
  const key = worktree ? 'worktree' : 'version_aware'
  const { name } = settings
  if (worktree && !aware)
    throw datasetErrors.DATASET_CONFIG_INVALID({
      detail: `remote "${name}" says worktree = true and version_aware = false: a worktree needs versions`,
      path: `remote.${name}.version_aware`,
      next: `Remove one of them: \`ratchet remote modify --unset ${name} version_aware\`.`,
    })
  if (KEEPING_VERSIONS.includes(schemeOf(settings))) return { worktree }
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `remote "${name}" says ${key} = true, and ${schemeOf(settings)}:// keeps no versions; only ${KEEPING_VERSIONS.join(', ')} do`,
    path: `remote.${name}.${key}`,
    next: `Remove it: \`ratchet remote modify --unset ${name} ${key}\`.`,
  })
}

function refusedVersions({ name, versioned }: Remote) {
  const key = versioned?.worktree === true ? 'worktree' : 'version_aware'
  return datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `remote "${name}" says ${key} = true: it keeps files by their names and their versions; this needs one that keeps objects by their hash`,
    path: `remote.${name}.${key}`,
    next: `Use \`ratchet push\`, \`fetch\`, \`pull\`, \`status -c\` and \`update\` with it; for this, name a remote without ${key} with --remote.`,
  })
}
