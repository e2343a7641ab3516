import type { DatabaseSync } from 'node:sqlite'
import { storageError } from '../errors.ts'
import type { LogSync } from './log-sync.ts'
import type { Tx } from './port.ts'
import type { Watcher } from './sqlite-watch.ts'

export interface CommitGroupsDeps {
  /** Its commits leave the sync to `log`. */
  readonly writer: DatabaseSync
  readonly tx: Tx
  readonly watcher: Watcher
  /** `null`: nothing is synced. */
  readonly log: LogSync | null
}

export interface CommitGroups {
  /** Resolves when the work is committed and on the disk. */
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** Resolves when nothing is waiting or under way. */
  readonly idle: () => Promise<void>
}

interface Waiting {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A transaction that has done its work: what to tell whoever waits for it. */
interface Done {
  readonly settle: () => void
  readonly reject: (error: unknown) => void
  readonly failed: boolean
}

interface Line extends CommitGroupsDeps {
  readonly steps: Steps
  readonly waiting: Waiting[]
  /** Of the groups that were committed before. */
  syncing: Promise<void> | null
  /** Whether the last group was of one: then the next may well be, too. */
  wasAlone: boolean
  /** Why what was committed may not be on the disk. */
  unsynced: unknown
}

const MOST_IN_ONE_COMMIT = 512
const LONGEST_GROUP_MS = 10

/**
 * Transactions one after the other, of which those that wait at the same time share a commit and its sync. While a group is
 * on its way to the disk the next one does its work, and is committed when the disk is free again.
 */
export function createCommitGroups(deps: CommitGroupsDeps): CommitGroups {
  const steps = prepareSteps(deps.writer)
  const line: Line = {
    ...deps,
    steps,
    waiting: [],
    syncing: null,
    wasAlone: true,
    unsynced: null,
  }
  let draining: Promise<void> | undefined
  const drain = async (): Promise<void> => {
    // One turn of the event loop lets requests that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve))
    while (line.waiting.length > 0) await commitGroup(line)
    draining = undefined
  }
  return {
    transaction: <T>(work: (tx: Tx) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        line.waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
        draining ??= drain()
      }),
    idle: async () => {
      await draining
      await line.syncing
    },
  }
}

type Steps = ReturnType<typeof prepareSteps>

// They are taken thousands of times a second: read as text each time, they would cost as much as a small write.
function prepareSteps(writer: DatabaseSync) {
  const begin = writer.prepare('begin immediate')
  const commit = writer.prepare('commit')
  const savepoint = writer.prepare('savepoint one')
  const release = writer.prepare('release one')
  return { begin, commit, savepoint, release }
}

async function commitGroup(line: Line): Promise<void> {
  const { steps, watcher, waiting } = line
  try {
    mend(line)
    steps.begin.run()
  } catch (error) {
    return waiting.shift()?.reject(storageError(error))
  }
  const group = await runGroup(line)
  const [first] = group
  if (first?.failed === true) {
    takeBack(line)
    return first.settle()
  }
  try {
    // One after the other: of two syncs at a time only one would be told that a write before both has failed.
    await line.syncing
    if (line.unsynced !== null) throw line.unsynced
    steps.commit.run()
  } catch (error) {
    takeBack(line)
    for (const { reject } of group) reject(storageError(error))
    return
  }
  watcher.committed()
  settleWhenSynced(line, group)
}

function takeBack({ writer, watcher }: Line): void {
  if (writer.isTransaction) writer.exec('rollback')
  watcher.rolledBack()
}

/** A first that failed is alone: there was nothing before it to be kept. */
async function runGroup(line: Line): Promise<readonly Done[]> {
  const { writer, tx, waiting } = line
  const group: Done[] = []
  const startedAt = performance.now()
  for (;;) {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      // The first needs no savepoint, which would copy each page that it changes.
      group.push(group.length === 0 ? await run(tx, next) : await runInSavepoint(line, next))
      const full = group.length >= MOST_IN_ONE_COMMIT
      if (group[0]?.failed === true || full || !writer.isTransaction) return group
      if (performance.now() - startedAt > LONGEST_GROUP_MS) return group
    }
    if (line.syncing === null) return group
    await line.syncing
  }
}

async function run(tx: Tx, { work, resolve, reject }: Waiting): Promise<Done> {
  try {
    const value = await work(tx)
    return { settle: () => resolve(value), reject, failed: false }
  } catch (error) {
    return { settle: () => reject(storageError(error)), reject, failed: true }
  }
}

// A transaction that fails takes back its own work only; its neighbors in the group still commit.
async function runInSavepoint({ writer, tx, steps }: Line, waiting: Waiting): Promise<Done> {
  const { reject } = waiting
  try {
    steps.savepoint.run()
    const done = await run(tx, waiting)
    if (!done.failed) steps.release.run()
    else if (writer.isTransaction) writer.exec('rollback to one; release one')
    return done
  } catch (error) {
    return { settle: () => reject(storageError(error)), reject, failed: true }
  }
}

function settleWhenSynced(line: Line, group: readonly Done[]): void {
  const { log, waiting } = line
  const settle = (): void => {
    for (const done of group) done.settle()
  }
  const fail = (error: unknown): void => {
    line.unsynced = error
    for (const { reject } of group) reject(storageError(error))
  }
  const isAlone = group.length === 1 && waiting.length === 0
  const staysAlone = isAlone && line.wasAlone
  line.wasAlone = isAlone
  if (log === null) return settle()
  if (!staysAlone) {
    line.syncing = log
      .later()
      .then(settle, fail)
      .then(() => {
        line.syncing = null
      })
    return
  }
  try {
    log.now()
  } catch (error) {
    return fail(error)
  }
  settle()
}

/**
 * After a sync that failed, the system may have dropped a part of the log, and what is written behind the gap would not
 * be found after a loss of power. So nothing more is acknowledged before all of it is in the database file.
 */
function mend(line: Line): void {
  if (line.unsynced === null) return
  const [result] = line.writer.prepare('pragma wal_checkpoint(truncate)').all()
  if (Number(result?.['busy']) !== 0) throw line.unsynced
  line.unsynced = null
}
