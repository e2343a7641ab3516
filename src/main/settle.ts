import type { Worker } from '../jobs/index.ts'

export interface SettleDeps {
  readonly worker: Pick<Worker, 'settle'>
  /** Waits for the data plane's writes and its newest routes; does nothing while it is away. */
  readonly flushDataPlane: () => Promise<void>
  /** Reads what the data plane wrote; the number of records. */
  readonly drainSpool: () => Promise<number>
}

// Work makes work: a promotion changes routes, new routes free a spool. Ten rounds is far more than any chain has.
const MOST_ROUNDS = 10

/** Brings everything that is due at this moment of project time to its end. Returns how many jobs ran. */
export async function settle(deps: SettleDeps): Promise<number> {
  let jobs = 0
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await deps.flushDataPlane()
    const records = await deps.drainSpool()
    const ran = await deps.worker.settle()
    jobs += ran
    if (round > 0 && records === 0 && ran === 0) return jobs
    if (round === 0 && ran === 0) return jobs
  }
  return jobs
}
