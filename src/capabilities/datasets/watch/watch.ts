import { errorMessage } from '../../../base/errors.ts'
import type { Clock } from '../../../base/time.ts'
import type { Publish } from '../../../events/index.ts'
import type { Database, Query, Tx } from '../../../storage/database/port.ts'
import { filesArrived } from '../events.ts'
import { decideArrivals } from './decide-arrivals.ts'
import { listFiles } from './list-files.ts'
import type { ListedFile, Watch } from './schema.ts'
import { findKnownFiles, saveFault, saveKnownFiles, saveLook } from './store.ts'

export interface WatchDeps {
  readonly projectRoot: string
  readonly database: Database
  readonly publish: Publish
  readonly clock: Clock
  /** The clock that writes the times of files, also in a replay. */
  readonly realClock: Clock
  readonly isBusy: (query: Query, model: string) => Promise<boolean>
}

export interface LookOptions {
  readonly causedBy: string | null
  readonly signal: AbortSignal
  /** Runs in the transaction that remembers the look. */
  readonly alongside: (tx: Tx) => Promise<void>
}

const LONGEST_LISTING_MS = 120_000

/** Looks once. Null after a good look; else why it is inconclusive: nothing is taken for gone or new then. */
export async function lookForFiles(
  deps: WatchDeps,
  watch: Watch,
  options: LookOptions,
): Promise<string | null> {
  // Before the listing: a file written meanwhile is young.
  const now = deps.realClock.now()
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(LONGEST_LISTING_MS)])
  let listed: readonly ListedFile[]
  try {
    listed = await listFiles(deps.projectRoot, watch.pattern, signal)
  } catch (error) {
    options.signal.throwIfAborted()
    const fault = errorMessage(error)
    await rememberFault(deps, watch, fault)
    return fault
  }
  await deps.database.transaction(async (tx) => {
    const known = await findKnownFiles(tx, watch.name)
    const busy = await deps.isBusy(tx, watch.model)
    const arrivals = decideArrivals({ listed, known, now, take: watch.take, busy })
    await saveKnownFiles(tx, watch.name, arrivals.changed)
    await saveLook(tx, watch.name, deps.clock.now())
    for (const files of arrivals.groups)
      await deps.publish(tx, filesArrived(watch, files, options.causedBy))
    await options.alongside(tx)
  })
  return null
}

async function rememberFault(deps: WatchDeps, { name }: Watch, fault: string): Promise<void> {
  const at = deps.clock.now()
  await deps.database.transaction((tx) => saveFault(tx, name, { fault, at }))
}
