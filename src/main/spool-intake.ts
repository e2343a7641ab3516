import {
  deleteSegmentsBefore,
  readSpool,
  type SpoolCursor,
  type SpoolRecord,
} from '../capabilities/serving/index.ts'
import type { FeedbackOutcome } from '../capabilities/monitoring/index.ts'

export interface SpoolIntakeDeps {
  readonly dir: string
  readonly readCursor: () => Promise<SpoolCursor>
  /** Stores records and cursor in one transaction. */
  readonly ingest: (batch: {
    readonly records: readonly SpoolRecord[]
    readonly cursor: SpoolCursor
  }) => Promise<ReadonlyMap<string, FeedbackOutcome>>
  readonly onFault: (error: unknown) => void
  /** Lines that were complete and no records. */
  readonly onCorrupt: (lines: number) => void
}

export interface SpoolIntake {
  /** Reads to the end of what is written now; the number of records. */
  readonly drain: () => Promise<number>
  /** What became of labels that were taken in lately. */
  readonly outcomes: (ids: readonly string[]) => Readonly<Record<string, FeedbackOutcome>>
  readonly start: (pollMs: number) => void
  readonly stop: () => Promise<void>
}

const BATCH_BYTES = 1 << 20
const REMEMBERED = 20_000

/** Takes what the data plane wrote into the log of predictions. One reader at a time; whoever asks meanwhile gets the next turn. */
export function createSpoolIntake(deps: SpoolIntakeDeps): SpoolIntake {
  const remembered = new Map<string, FeedbackOutcome>()
  let turn: Promise<unknown> = Promise.resolve()
  let cursor: SpoolCursor | undefined
  let timer: NodeJS.Timeout | undefined
  const drain = (): Promise<number> => {
    const mine = turn.then(async () => {
      cursor ??= await deps.readCursor()
      const { records, reached } = await drainFrom(deps, cursor, remembered)
      cursor = reached
      return records
    })
    turn = mine.catch(() => {
      // What was stored is asked again: the failure may have come after the commit.
      cursor = undefined
    })
    return mine
  }
  return {
    drain,
    outcomes: (ids) =>
      Object.fromEntries(
        ids.flatMap((id) => {
          const outcome = remembered.get(id)
          return outcome === undefined ? [] : [[id, outcome] as const]
        }),
      ),
    start: (pollMs) => {
      timer = setInterval(() => void drain().catch(deps.onFault), pollMs)
    },
    stop: async () => {
      clearInterval(timer)
      await turn
    },
  }
}

async function drainFrom(
  deps: SpoolIntakeDeps,
  from: SpoolCursor,
  remembered: Map<string, FeedbackOutcome>,
): Promise<{ readonly records: number; readonly reached: SpoolCursor }> {
  let reached = from
  let count = 0
  for (;;) {
    const { records, cursor, corrupt, atEnd } = readSpool({
      dir: deps.dir,
      cursor: reached,
      maxBytes: BATCH_BYTES,
    })
    if (corrupt > 0) deps.onCorrupt(corrupt)
    if (cursor.segment !== reached.segment || cursor.offset !== reached.offset) {
      remember(remembered, await deps.ingest({ records, cursor }))
      if (cursor.segment > reached.segment) deleteSegmentsBefore(deps.dir, cursor.segment)
    }
    reached = cursor
    count += records.length
    if (atEnd) return { records: count, reached }
  }
}

// The newest answers are the ones that somebody still waits for.
function remember(
  remembered: Map<string, FeedbackOutcome>,
  outcomes: ReadonlyMap<string, FeedbackOutcome>,
): void {
  for (const [id, outcome] of outcomes) remembered.set(id, outcome)
  for (const id of remembered.keys()) {
    if (remembered.size <= REMEMBERED) return
    remembered.delete(id)
  }
}
