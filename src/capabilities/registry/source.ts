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

/**
 * Where a version's source leads. `models:/m-…` is a logged model, `models:/name/3` another version.
 * Only addresses that the server itself serves are accepted as they are: a path into this machine's disk would
 * hand out any file to whoever may register (CVE-2025-11201).
 * @throws REGISTRY_INVALID, REGISTRY_UNKNOWN
 */
export async function resolveSource(
  deps: RegistryDeps,
  source: string,
  loggedModelId: string | undefined,
): Promise<ResolvedSource> {
  const model = /^models:\/+(.+)$/.exec(source)?.[1]
  if (model !== undefined) return resolveModel(deps, source, model)
  checkAddress(source)
  const logged = loggedModelId === undefined ? null : await deps.findLoggedModel(loggedModelId)
  return {
    location: source,
    runId: logged?.runId ?? null,
    loggedModelId: loggedModelId ?? null,
  }
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

function cannotFetch(source: string): Error {
  return registryErrors.REGISTRY_UNKNOWN({
    detail: `Unable to fetch model from model URI source artifact location '${source}'.`,
  })
}

function checkAddress(source: string): void {
  const plain = decodeFully(source) ?? '..'
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(plain)?.[1]?.toLowerCase()
  const local = scheme === undefined || scheme === 'file' || scheme.length === 1
  const climbs = plain.split(/[/\\?#]/).includes('..')
  if (local || climbs || plain.includes('\0'))
    throw invalid(
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    )
}
