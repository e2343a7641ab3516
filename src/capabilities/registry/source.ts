import { posix } from 'node:path'
import { decodeFully } from '../tracking/index.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { invalid } from './names.ts'
import { tables } from './store.ts'

interface ResolvedSource {
  readonly location: string
  readonly runId: string | null
  readonly loggedModelId: string | null
}

export interface AskedSource {
  readonly source: string
  readonly runId: string | null
  readonly loggedModelId: string | null
  /** Prompts have no files; their source is a word. */
  readonly isPrompt: boolean
}

/**
 * Where a version's source leads. `models:/m-…` is a logged model, `models:/name/3` another version,
 * `runs:/<id>/model` what a run logged. An address of this machine's disk would hand out any file to whoever may
 * register (CVE-2025-11201), so it has to lie in the folder of the run or the logged model that is named with it.
 * @throws REGISTRY_INVALID, REGISTRY_UNKNOWN, REGISTRY_SOURCE_HOST
 */
export async function resolveSource(
  deps: RegistryDeps,
  asked: AskedSource,
): Promise<ResolvedSource> {
  const { source, loggedModelId } = asked
  if (asked.isPrompt && /^[\w-]+$/.test(source))
    return { location: source, runId: null, loggedModelId: null }
  const model = /^models:\/+(.+)$/.exec(source)?.[1]
  if (model !== undefined) return resolveModel(deps, source, model)
  await checkAddress(deps, asked)
  const logged = loggedModelId === null ? null : await deps.findLoggedModel(loggedModelId)
  const ofRun = logged === null ? await resolveRun(deps, source) : null
  if (ofRun !== null) return { ...ofRun, loggedModelId }
  return { location: source, runId: logged?.runId ?? null, loggedModelId }
}

async function resolveModel(
  deps: RegistryDeps,
  source: string,
  name: string,
): Promise<ResolvedSource> {
  const [model, version, ...rest] = name.split('/')
  if (model === undefined || rest.length > 0) throw cannotFetch(source)
  if (version === undefined) {
    const logged = await deps.findLoggedModel(model)
    if (logged === null) throw cannotFetch(source)
    return { location: logged.artifactUri, runId: logged.runId, loggedModelId: model }
  }
  const row = /^\d+$/.test(version)
    ? await tables(deps.database.query)
        .selectFrom('registry_versions')
        .select(['location', 'run_id', 'logged_model_id'])
        .where('model', '=', model)
        .where('version', '=', Number(version))
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
    : undefined
  if (row === undefined) throw cannotFetch(source)
  return { location: row.location, runId: row.run_id, loggedModelId: row.logged_model_id }
}

// A name for files of a run: where they are is looked up once, as it is for `models:/`.
async function resolveRun({ findRunModel }: RegistryDeps, source: string) {
  const [, runId = '', path = ''] = /^runs:\/+([\w-]+)\/+(.+)$/.exec(source) ?? []
  const location = path === '' ? null : await findRunModel?.(runId, path.replace(/\/+$/, ''))
  return typeof location === 'string' ? { location, runId } : null
}

function cannotFetch(source: string): Error {
  return registryErrors.REGISTRY_UNKNOWN({
    detail: `Unable to fetch model from model URI source artifact location '${source}'.`,
  })
}

async function checkAddress(deps: RegistryDeps, asked: AskedSource): Promise<void> {
  const { source } = asked
  const plain = decodeFully(source) ?? '..'
  if (isLocal(plain)) return checkLocal(deps, asked, plain)
  if (plain.split(/[/\\?#]/).includes('..') || plain.includes('\0'))
    throw invalid(
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    )
}

function isLocal(address: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase()
  return scheme === undefined || scheme === 'file' || scheme.length === 1
}

async function checkLocal(
  deps: RegistryDeps,
  { source, runId, loggedModelId }: AskedSource,
  plain: string,
): Promise<void> {
  if (/^file:\/\/(?!localhost\/)[^/]/i.test(plain))
    throw registryErrors.REGISTRY_SOURCE_HOST({
      detail: `${source} is not a valid remote uri: a file of another machine cannot be a source.`,
    })
  const root =
    loggedModelId === null
      ? await deps.findRunArtifacts?.(runId ?? '')
      : (await deps.findLoggedModel(loggedModelId))?.artifactUri
  if (root !== undefined && root !== null && isWithin(root, plain)) return
  const needed = loggedModelId === null ? 'run_id' : 'model_id'
  throw invalid(
    `Invalid model version source: '${source}'. To use a local path as a model version source, the ${needed} request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the ${needed}.`,
  )
}

function isWithin(root: string, address: string): boolean {
  if (!isLocal(root)) return false
  const [folder, path] = [localPath(root), localPath(address)]
  return folder !== null && path !== null && (path === folder || path.startsWith(`${folder}/`))
}

function localPath(address: string): string | null {
  const path = address.replace(/^file:(\/\/(localhost)?)?/i, '')
  return /^\/[^\\?#\0]*$/.test(path) ? posix.normalize(path).replace(/\/+$/, '') : null
}
