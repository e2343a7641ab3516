import { listEndpoints } from '../capabilities/deployments/index.ts'
import type { Registry } from '../capabilities/registry/index.ts'
import {
  type Artifacts,
  ownFolder,
  type Purgeable,
  type PurgeRule,
  type Tracking,
} from '../capabilities/tracking/index.ts'
import type { Blobs } from '../storage/blobs/index.ts'
import type { Database, Tx } from '../storage/database/port.ts'
import { type Kept, splitByUse } from './collection-plan.ts'

export interface CollectionDeps {
  readonly database: Database
  readonly tracking: Tracking
  readonly registry: Registry
  readonly artifacts: Artifacts
  readonly blobs: Blobs
  readonly signal: AbortSignal
  readonly onProgress: (freed: Freed) => void
}

export interface CollectionRule extends PurgeRule {
  /** Also files that belong to nothing, unless they changed after this moment. */
  readonly orphansBefore: number | null
}

export interface Freed {
  readonly runs: number
  readonly loggedModels: number
  readonly experiments: number
  readonly versions: number
  readonly orphans: number
  readonly rows: number
  readonly files: number
  readonly bytes: number
}

export interface CollectionPlan {
  readonly runs: readonly Purgeable[]
  readonly loggedModels: readonly Purgeable[]
  readonly experiments: readonly { readonly id: string; readonly name: string }[]
  readonly versions: readonly {
    readonly model: string
    readonly version: number
    readonly digest: string | null
  }[]
  /** Folders below the artifacts, and blobs by their hash. */
  readonly orphans: { readonly folders: readonly string[]; readonly blobs: readonly string[] }
  /** What an earlier collection did not finish. */
  readonly unfinished: readonly string[]
  readonly kept: readonly Kept[]
  readonly files: number
  readonly bytes: number
}

/** What may go, and how much it would free. Changes nothing. */
export async function planCollection(
  deps: CollectionDeps,
  rule: CollectionRule,
): Promise<CollectionPlan> {
  const { tracking, registry } = deps
  const uses = await registry.listUses()
  const runs = splitByUse(await tracking.listPurgeableRuns(rule), uses)
  const models = splitByUse(await tracking.listPurgeableModels(rule), uses)
  const isWhole = rule.runIds === null && rule.modelIds === null && rule.experimentIds === null
  const versions = isWhole ? await purgeableVersions(deps, rule.before) : { free: [], kept: [] }
  const orphans = await findOrphans(deps, rule.orphansBefore)
  const unfinished = await tracking.listNotedPurges()
  const owned = [...runs.free, ...models.free].flatMap(
    ({ id, artifactUri }) => ownFolder(id, deps.artifacts.pathOf(artifactUri)) ?? [],
  )
  const sizes = await measureAll(deps, [...owned, ...orphans.folders, ...unfinished])
  return {
    runs: runs.free,
    loggedModels: models.free,
    experiments: await tracking.listPurgeableExperiments(rule),
    versions: versions.free,
    orphans: { folders: orphans.folders, blobs: orphans.blobs.map(({ digest }) => digest) },
    unfinished,
    kept: [...runs.kept, ...models.kept, ...versions.kept],
    files: sizes.files + orphans.blobs.length,
    bytes: sizes.bytes + orphans.blobs.reduce((sum, { size }) => sum + size, 0),
  }
}

/** Deleted versions, but not those that an endpoint still names. */
async function purgeableVersions({ database, registry }: CollectionDeps, before: number) {
  const endpoints = await listEndpoints(database.query)
  const named = new Set(
    endpoints.flatMap(({ model, champion, history }) =>
      [champion, ...history].map((version) => `${model}/${version}`),
    ),
  )
  const deleted = await registry.listPurgeableVersions(before)
  const idOf = (one: { model: string; version: number }): string => `${one.model}/${one.version}`
  return {
    free: deleted.filter((one) => !named.has(idOf(one))),
    kept: deleted
      .filter((one) => named.has(idOf(one)))
      .map((one) => ({ id: idOf(one), reason: 'an endpoint may go back to it' })),
  }
}

async function findOrphans(deps: CollectionDeps, before: number | null) {
  const folders: string[] = []
  const blobs: { readonly digest: string; readonly size: number }[] = []
  if (before === null) return { folders, blobs }
  const owned = await deps.artifacts.listOwned()
  const existing = await deps.tracking.existingOwners(owned.map(({ id }) => id))
  for (const { id, path } of owned)
    if (!existing.has(id) && (await deps.artifacts.measure(path)).changedAt < before)
      folders.push(path)
  const digests = await deps.registry.listDigests()
  for await (const { digest, size, storedAt } of deps.blobs.list())
    if (!digests.has(digest) && storedAt < before) blobs.push({ digest, size })
  return { folders, blobs }
}

async function measureAll({ artifacts }: CollectionDeps, paths: readonly string[]) {
  let files = 0
  let bytes = 0
  for (const path of paths) {
    const size = await artifacts.measure(path)
    files += size.files
    bytes += size.bytes
  }
  return { files, bytes }
}

/**
 * Does what was planned. Rows go first, in one transaction with a note of the folder; then the files, then the note. A
 * collection that dies in between is finished by the next. What was restored or registered since the plan stays.
 */
export async function collect(deps: CollectionDeps, plan: CollectionPlan): Promise<Freed> {
  const freed = { ...NOTHING }
  const count = (more: Partial<Freed>): void => {
    for (const key of Object.keys(more) as (keyof Freed)[]) freed[key] += more[key] ?? 0
    deps.onProgress(freed)
  }
  for (const folder of plan.unfinished) count(await removeFolder(deps, folder))
  for (const run of plan.runs) count(await collectRun(deps, run))
  for (const model of plan.loggedModels) count(await collectModel(deps, model))
  for (const { id } of plan.experiments) {
    const rows = await deps.database.transaction((tx) => deps.tracking.purgeExperimentIn(tx, id))
    if (rows !== null) count({ experiments: 1, rows })
  }
  for (const { model, version } of plan.versions)
    count({ versions: 1, rows: await deps.registry.purgeVersion(model, version) })
  for (const folder of plan.orphans.folders)
    count({ orphans: 1, ...(await removeFolder(deps, folder)) })
  const ofVersions = plan.versions.flatMap(({ digest }) => digest ?? [])
  await collectBlobs(deps, new Set([...ofVersions, ...plan.orphans.blobs]), count)
  return freed
}

const NOTHING = {
  runs: 0,
  loggedModels: 0,
  experiments: 0,
  versions: 0,
  orphans: 0,
  rows: 0,
  files: 0,
  bytes: 0,
}

type PurgeIn = (tx: Tx, id: string, folder: string | null) => Promise<number | null>

async function collectRun(deps: CollectionDeps, run: Purgeable): Promise<Partial<Freed>> {
  deps.signal.throwIfAborted()
  if (await deps.registry.isInUseIn(deps.database.query, run.id)) return {}
  const points = await deps.tracking.purgeHistory(run.id)
  const done = await purgeOne(deps, run, deps.tracking.purgeRunIn)
  return done === null ? { rows: points } : { ...done, runs: 1, rows: done.rows + points }
}

async function collectModel(deps: CollectionDeps, model: Purgeable): Promise<Partial<Freed>> {
  deps.signal.throwIfAborted()
  const done = await purgeOne(deps, model, deps.tracking.purgeLoggedModelIn)
  return done === null ? {} : { ...done, loggedModels: 1 }
}

async function purgeOne(deps: CollectionDeps, { id, artifactUri }: Purgeable, purge: PurgeIn) {
  const folder = ownFolder(id, deps.artifacts.pathOf(artifactUri))
  const rows = await deps.database.transaction(async (tx) =>
    (await deps.registry.isInUseIn(tx, id)) ? null : purge(tx, id, folder),
  )
  if (rows === null) return null
  const { files, bytes } = folder === null ? NOTHING : await removeFolder(deps, folder)
  return { rows, files, bytes }
}

async function removeFolder({ artifacts, tracking }: CollectionDeps, folder: string) {
  const { files, bytes, changedAt } = await artifacts.measure(folder)
  if (changedAt > 0) await artifacts.remove(folder)
  await tracking.forgetPurge(folder)
  return { files, bytes }
}

/** Two versions may be the same file: it goes with the last of them. */
async function collectBlobs(
  { registry, blobs }: CollectionDeps,
  wanted: ReadonlySet<string>,
  count: (more: Partial<Freed>) => void,
): Promise<void> {
  if (wanted.size === 0) return
  const digests = await registry.listDigests()
  for await (const { digest, size } of blobs.list()) {
    if (!wanted.has(digest) || digests.has(digest)) continue
    await blobs.delete(digest)
    count({ files: 1, bytes: size })
  }
}
