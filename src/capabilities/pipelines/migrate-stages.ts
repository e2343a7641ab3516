import type { DataProject, LeftRecord, LegacyRecord, MigratedRecord } from '../datasets/index.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot } from './graph.ts'
import { lockFileOf } from './lock-file.ts'
import { lockWriter } from './lock-writer.ts'
import { planStages } from './plan.ts'
import { isWorthKeeping, saveRunEntry } from './run-cache.ts'
import type { LockedPath, LockedStage, Stage } from './schema.ts'

/** Asks what DVC 3 says of a content that DVC 2 recorded. */
export type MigrateRecord = (record: LegacyRecord) => Promise<MigratedRecord>

export interface MigratedStages {
  /** The dvc.lock files written, from the root. */
  readonly files: readonly string[]
  readonly left: readonly LeftRecord[]
}

/** The dvc.lock files with a record of DVC 2, from the root. */
export function legacyLockFiles(root: string): readonly string[] {
  const locks = lockWriter(root, [])
  const stages = [...readPipeline(root).values()]
  const found = stages.filter((stage) => isLegacy(stage, locks.find(stage)))
  return [...new Set(found.map(({ file }) => lockFileOf(file)))]
}

/** Makes the records of dvc.lock those of DVC 3. No stage counts as run that was not; parameters stay as they are. */
export async function migrateStages(
  project: DataProject,
  migrate: MigrateRecord,
): Promise<MigratedStages> {
  const { order } = planStages(readPipeline(project.root), { targets: [], allPipelines: true })
  const locks = lockWriter(project.root, order)
  const files = new Set<string>()
  const left: LeftRecord[] = []
  for (const stage of order) {
    const locked = locks.find(stage)
    if (locked === null || !isLegacy(stage, locked)) continue
    const migrated = await migrateStage({ project, stage, migrate }, locked)
    left.push(...migrated.left)
    await locks.save(stage, migrated.lock)
    files.add(lockFileOf(stage.file))
    if (migrated.left.length === 0 && isWorthKeeping(stage)) saveRunEntry(project, migrated.lock)
  }
  return { files: [...files], left }
}

function isLegacy(stage: Stage, locked: LockedStage | null): boolean {
  const entries = locked === null ? [] : [...locked.deps, ...locked.outs]
  return entries.some((entry) => entry.legacy === true && isInside(stage, entry))
}

// DVC leaves what is read from elsewhere as it is.
function isInside(stage: Stage, { path }: LockedPath): boolean {
  return !path.includes('://') && !/^(?:\/|\.\.\/)/.test(fromRoot(stage, path))
}

interface Migrating {
  readonly project: DataProject
  readonly stage: Stage
  readonly migrate: MigrateRecord
}

async function migrateStage(migrating: Migrating, locked: LockedStage) {
  const { stage } = migrating
  const keepAll = isWorthKeeping(stage)
  const cached = new Set(stage.outs.filter(({ cache }) => cache || keepAll).map(({ path }) => path))
  const deps = await migrateEntries(migrating, locked.deps, () => false)
  const outs = await migrateEntries(migrating, locked.outs, ({ path }) => cached.has(path))
  return {
    lock: { ...locked, deps: deps.entries, outs: outs.entries },
    left: [...deps.left, ...outs.left],
  }
}

async function migrateEntries(
  { stage, migrate }: Migrating,
  before: readonly LockedPath[],
  isStored: (entry: LockedPath) => boolean,
) {
  const entries: LockedPath[] = []
  const left: LeftRecord[] = []
  for (const entry of before) {
    const path = fromRoot(stage, entry.path)
    const record =
      entry.legacy === true && isInside(stage, entry)
        ? await migrate({ path, hash: entry, store: isStored(entry) })
        : entry
    entries.push(typeof record === 'string' ? entry : { ...record, path: entry.path })
    if (typeof record === 'string')
      left.push({ file: lockFileOf(stage.file), path, reason: record })
  }
  return { entries, left }
}
