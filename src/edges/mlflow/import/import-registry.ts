import { isRemote } from './artifact-roots.ts'
import type { Importing } from './importing.ts'
import type { SourceModel, SourceVersion } from './source.ts'

const DELETED = 'Deleted_Internal'
const STAGES = new Set(['None', 'Staging', 'Production', 'Archived'])

/** A registered model with its versions, then the aliases that point at them. */
export async function importModel(importing: Importing, model: SourceModel): Promise<void> {
  const { registry, tally, writer, source, signal } = importing
  const taken = new Set<number>()
  tally.read({ models: 1, aliases: model.aliases.length })
  await writer.add({
    kind: 'models',
    id: model.name,
    weight: 1,
    work: async (tx) => ({ models: (await registry.adoptModelIn(tx, model)).isNew ? 1 : 0 }),
  })
  for await (const version of source.versions(model)) {
    signal.throwIfAborted()
    await importVersion(importing, model.name, version, taken)
  }
  await writer.flush()
  for (const alias of model.aliases) {
    const id = `${model.name}@${alias.alias}`
    const reason = `version ${alias.version} was not taken over`
    if (!taken.has(alias.version)) tally.skip({ kind: 'aliases', id, reason, fault: true })
    else
      await writer.add({
        kind: 'aliases',
        id,
        weight: 1,
        work: async (tx) => {
          const state = await registry.adoptAliasIn(tx, model.name, alias)
          return { aliases: state === 'new' ? 1 : 0 }
        },
      })
  }
  await writer.flush()
}

async function importVersion(
  importing: Importing,
  model: string,
  version: SourceVersion,
  taken: Set<number>,
): Promise<void> {
  const { registry, tally, writer } = importing
  tally.read({ versions: 1 })
  const id = `${model}/${version.version}`
  const isDeleted = version.stage === DELETED
  const location = isDeleted ? version.source : await locationOf(importing, id, version)
  const row = {
    model,
    version: version.version,
    description: version.description,
    user_id: version.userId,
    stage: STAGES.has(version.stage) ? version.stage : 'None',
    status: version.status,
    source: version.source,
    location,
    logged_model_id: version.loggedModelId,
    run_id: version.runId,
    run_link: version.runLink,
    created_at: version.createdAt,
    updated_at: version.updatedAt,
    deleted_at: isDeleted ? version.updatedAt : null,
    tags: version.tags,
  }
  await writer.add({
    kind: 'versions',
    id,
    weight: 1,
    work: async (tx) => {
      const state = await registry.adoptVersionIn(tx, row)
      if (state !== 'conflict' && !isDeleted) taken.add(version.version)
      const reason = 'this number is another version here, which stays'
      if (state === 'conflict') tally.skip({ kind: 'versions', id, reason, fault: true })
      return { versions: state === 'new' ? 1 : 0 }
    },
  })
}

/** Where a version's files are now: with the run or the logged model that they came with. */
async function locationOf(
  importing: Importing,
  id: string,
  version: SourceVersion,
): Promise<string> {
  const given = version.storageLocation ?? version.source
  const { tracking, database, tally } = importing
  if (version.loggedModelId !== null) {
    const model = await tracking.findLoggedModelSource(version.loggedModelId)
    if (model !== null) return model.artifactUri
  }
  const { owner, rest } = ownerOf(given) ?? ownerOf(version.source) ?? { owner: '', rest: '' }
  const uri = owner.startsWith('m-')
    ? (await tracking.findLoggedModelSource(owner))?.artifactUri
    : await tracking.getRunInfo(owner, database.query).then(
        (run) => run.artifactUri,
        () => undefined,
      )
  if (uri !== undefined) return rest === '' ? uri : `${uri}/${rest}`
  const reason = `its files (${given}) belong to no run that was taken over`
  if (!isRemote(given)) tally.skip({ kind: 'artifacts', id, reason, fault: false })
  return given
}

/** The run or model whose artifacts an address lies in: `…/<id>/artifacts/<rest>` or `runs:/<id>/<rest>`. */
export function ownerOf(uri: string): { readonly owner: string; readonly rest: string } | null {
  const match =
    /^runs:\/+([\w-]+)(?:\/(.*))?$/.exec(uri) ?? /\/([\w-]+)\/artifacts(?:\/(.*))?$/.exec(uri)
  const rest = match?.[2] ?? ''
  if (match?.[1] === undefined || rest.split('/').includes('..')) return null
  return { owner: match[1], rest: rest.replace(/\/$/, '') }
}
