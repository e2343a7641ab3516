import { globSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { md5 } from '../base/hash.ts'
import type { Query, Tx } from '../storage/database/port.ts'
import { findDelivery, insertDelivery } from './store.ts'

/** What came of one file that arrived. */
export interface DeliveryOutcome {
  readonly file: string
  readonly verdict: 'passed' | 'failed'
  readonly reportId: string
}

/** Holds a file against its contract; `alongside` runs in the transaction that keeps the report. */
export type CheckDelivery = (
  file: string,
  alongside: (tx: Tx, verdict: 'passed' | 'failed', reportId: string) => Promise<void>,
) => Promise<DeliveryOutcome>

export interface DeliveriesDeps {
  readonly query: Query
  readonly projectRoot: string
  readonly now: () => number
  readonly check: CheckDelivery
}

export interface DeliveryPlace {
  /** Glob of arriving files, relative to the project. */
  readonly deliveries: string
  /** Folder that training reads; accepted files move there. */
  readonly data: string
}

/**
 * Checks each file that arrived and was not seen with these bytes before. An accepted one moves into the training data;
 * a refused one stays where it is, so that whoever sent it can look, and nothing learns from it.
 */
export async function acceptDeliveries(
  deps: DeliveriesDeps,
  place: DeliveryPlace,
): Promise<readonly DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = []
  const files = globSync(place.deliveries, { cwd: deps.projectRoot }).toSorted()
  for (const file of files) {
    const path = join(deps.projectRoot, file)
    const hash = md5(readFileSync(path))
    const seen = await findDelivery(deps.query, file, hash)
    const verdict = seen?.verdict ?? (await checkNew(deps, outcomes, { file, path, hash }))
    // Also after a crash between the two: what was accepted and still lies here moves now.
    if (verdict === 'passed') moveInto(deps.projectRoot, path, place.data)
  }
  return outcomes
}

interface Arrival {
  readonly file: string
  readonly path: string
  readonly hash: string
}

async function checkNew(
  deps: DeliveriesDeps,
  outcomes: DeliveryOutcome[],
  { file, path, hash }: Arrival,
): Promise<'passed' | 'failed'> {
  const outcome = await deps.check(path, (tx, verdict, reportId) =>
    insertDelivery(tx, { file, md5: hash, verdict, reportId, at: deps.now() }),
  )
  outcomes.push({ ...outcome, file: relative(deps.projectRoot, path) })
  return outcome.verdict
}

function moveInto(projectRoot: string, path: string, data: string): void {
  const folder = join(projectRoot, data)
  mkdirSync(folder, { recursive: true })
  renameSync(path, join(folder, basename(path)))
}
