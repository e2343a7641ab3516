import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { directOf } from '../../storage/database/direct.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import { recordChange } from './changes.ts'
import type { RegistryDeps } from './deps.ts'
import { registryErrors } from './errors.ts'
import { modelCreated, versionCreated } from './events.ts'
import { addModel, touchIfKnown, unknownModel } from './models.ts'
import { checkModelName, checkTag, invalid } from './names.ts'
import { type ModelVersion, type NewVersion, PROMPT_TAG } from './schema.ts'
import { resolveSource } from './source.ts'
import { completeVersions, tables, toNewVersion, type VersionRow } from './store.ts'

/**
 * Adds the next version; the model is made when it is new, unless it has to exist. The file is in the blobs before the version exists.
 * @throws REGISTRY_INVALID, BLOB_UNKNOWN (a digest without its blob), REGISTRY_UNKNOWN (no such model, a source that leads nowhere)
 */
export async function createVersion(deps: RegistryDeps, input: NewVersion): Promise<ModelVersion> {
  const prepared = await prepareVersion(deps, input)
  return deps.database.transaction((tx) => insertVersion(deps, tx, prepared))
}

/** A version whose files are stored and whose source is resolved: what is left is the transaction. */
export interface PreparedVersion extends NewVersion {
  readonly source: string
  readonly location: string
  readonly now: number
}

/** The slow half of `createVersion`, for callers that have more to say in the same transaction. */
export async function prepareVersion(
  deps: RegistryDeps,
  input: NewVersion,
): Promise<PreparedVersion> {
  checkModelName(input.model)
  for (const [key, value] of Object.entries(input.tags ?? {})) checkTag(key, value)
  const now = deps.clock.now()
  const digest = await storeFile(deps, input)
  const source = input.source ?? (digest === undefined ? undefined : `sha256:${digest}`)
  if (source === undefined)
    throw invalid('A version needs a source, the path of its ONNX file, or its digest.')
  const resolved = await resolveSource(deps, {
    source,
    runId: input.runId ?? null,
    loggedModelId: input.loggedModelId ?? null,
    isPrompt: input.tags?.[PROMPT_TAG]?.toLowerCase() === 'true',
  })
  return {
    ...input,
    digest,
    source,
    runId: input.runId ?? resolved.runId,
    loggedModelId: resolved.loggedModelId ?? undefined,
    location: resolved.location,
    now,
  }
}

async function storeFile(deps: RegistryDeps, input: NewVersion): Promise<string | undefined> {
  if (input.modelPath !== undefined) {
    await requireFile(input.modelPath)
    const { digest } = await deps.blobs.put(createReadStream(input.modelPath))
    if (input.digest !== undefined && input.digest !== digest)
      throw invalid(`The file ${input.modelPath} has the digest ${digest}, not ${input.digest}.`)
    return digest
  }
  if (input.digest !== undefined) await deps.blobs.path(input.digest)
  return input.digest
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found?.isFile() !== true) throw invalid(`There is no model file at ${path}.`)
}

/** The quick half: numbering, rows and the event, in the caller's transaction. */
export async function insertVersion(
  deps: RegistryDeps,
  tx: Tx,
  input: PreparedVersion,
): Promise<ModelVersion> {
  if (input.onceKey !== undefined) {
    const made = await findOnce(tx, input.onceKey)
    if (made !== undefined) return made
  }
  await touchOrAddModel(deps, tx, input)
  const version = await nextNumber(tx, input.model)
  const row = toRow(input, version)
  await addRow(tx, row)
  for (const [key, value] of Object.entries(input.tags ?? {}))
    await tables(tx)
      .insertInto('registry_version_tags')
      .values({ model: input.model, version, key, value })
      .execute()
  const created = toNewVersion(row, input.tags ?? {})
  const made = {
    model: input.model,
    version,
    what: 'version',
    before: null,
    after: version,
  } as const
  await recordChange(deps, tx, { ...made, causedBy: input.causedBy })
  await deps.publish(tx, versionCreated(created))
  return created
}

async function touchOrAddModel(
  deps: RegistryDeps,
  tx: Tx,
  { model, modelExists, causedBy, now }: PreparedVersion,
): Promise<void> {
  if (await touchIfKnown(tx, model, now)) return
  if (modelExists === true) throw unknownModel(model)
  await addModel(tx, { name: model }, now)
  await deps.publish(tx, modelCreated(model, causedBy ?? null))
}

const LAST_NUMBER = 'select max(version) as last from registry_versions where model = ?'

// Writers are alone in a transaction, and deleted versions keep their rows: a number is never given twice.
async function nextNumber(tx: Tx, model: string): Promise<number> {
  const [row] = await directOf(tx).all<{ last: number | null }>(LAST_NUMBER, [model])
  return Number(row?.last ?? 0) + 1
}

async function addRow(tx: Tx, row: VersionRow): Promise<void> {
  const columns = Object.keys(row)
  const sql = `insert into registry_versions (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`
  await directOf(tx).run(sql, Object.values(row))
}

async function findOnce(tx: Tx, onceKey: string): Promise<ModelVersion | undefined> {
  const rows = await tables(tx)
    .selectFrom('registry_versions')
    .selectAll()
    .where('once_key', '=', onceKey)
    .execute()
  const [version] = await completeVersions(tx, rows)
  return version
}

function toRow(input: PreparedVersion, version: number): VersionRow {
  return {
    model: input.model,
    version,
    description: input.description ?? null,
    user_id: null,
    stage: 'None',
    status: 'READY',
    source: input.source,
    location: input.location,
    digest: input.digest ?? null,
    logged_model_id: input.loggedModelId ?? null,
    run_id: input.runId ?? null,
    run_link: input.runLink ?? null,
    pipeline_run_id: input.pipelineRunId ?? null,
    data_md5: input.dataMd5 ?? null,
    git_commit: input.gitCommit ?? null,
    train_from: input.trainFrom ?? null,
    train_until: input.trainUntil ?? null,
    caused_by: input.causedBy ?? null,
    once_key: input.onceKey ?? null,
    created_at: input.now,
    updated_at: input.now,
    deleted_at: null,
  }
}

const GET_VERSION =
  'select * from registry_versions where model = ? and version = ? and deleted_at is null'

/** @throws REGISTRY_UNKNOWN */
export async function getVersion(
  query: Query,
  model: string,
  version: number,
): Promise<ModelVersion> {
  const rows = await directOf(query).all<VersionRow>(GET_VERSION, [model, version])
  const [found] = await completeVersions(query, rows)
  if (found === undefined)
    throw registryErrors.REGISTRY_UNKNOWN({
      detail: `Model Version (name=${model}, version=${version}) not found`,
    })
  return found
}

/** Newest first. @throws REGISTRY_UNKNOWN when there is no such model */
export async function listVersions(query: Query, model: string): Promise<readonly ModelVersion[]> {
  const rows = await tables(query)
    .selectFrom('registry_versions')
    .selectAll()
    .where('model', '=', model)
    .where('deleted_at', 'is', null)
    .orderBy('version', 'desc')
    .execute()
  if (rows.length === 0) await requireModel(query, model)
  return completeVersions(query, rows)
}

async function requireModel(query: Query, name: string): Promise<void> {
  const row = await tables(query)
    .selectFrom('registry_models')
    .select('name')
    .where('name', '=', name)
    .executeTakeFirst()
  if (row === undefined) throw unknownModel(name)
}

/**
 * A local ONNX file of the version, not to be written to.
 * @throws REGISTRY_FILE_MISSING, BLOB_UNKNOWN
 */
export async function versionModelPath(
  deps: Pick<RegistryDeps, 'blobs' | 'localArtifacts'>,
  version: ModelVersion,
): Promise<string> {
  if (version.digest !== null) return deps.blobs.path(version.digest)
  const folder = deps.localArtifacts(version.location)
  const files = folder === null ? [] : await onnxFiles(folder)
  const [file] = files
  if (file !== undefined && files.length === 1) return file
  throw registryErrors.REGISTRY_FILE_MISSING({
    detail: `Version ${version.version} of ${version.model} (${version.location}) has ${files.length} .onnx files.`,
  })
}

async function onnxFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return names.filter((name) => name.endsWith('.onnx')).map((name) => join(folder, name))
}
