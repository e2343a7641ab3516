import { createId } from '../../base/ids.ts'
import type { Clock } from '../../base/time.ts'
import { servingErrors } from './errors.ts'
import type { FeedbackRecord } from './spool-records.ts'
import type { SpoolWriter } from './spool-writer.ts'

export interface FeedbackItem {
  readonly prediction_id: string
  readonly label: FeedbackRecord['label']
  /** Project time in milliseconds at which the truth was known; now when absent. */
  readonly at: number | null
  readonly source: string | null
  /** Replaces an earlier label on purpose. */
  readonly correction: boolean
}

/** What the control plane made of one label; `stored` while it is away: the label is safe and will be taken. */
export type FeedbackStatus = 'accepted' | 'duplicate' | 'unknown' | 'contradicting' | 'stored'

export interface FeedbackResult {
  readonly id: string
  readonly prediction_id: string
  readonly status: FeedbackStatus
}

/** Asks the control plane to take in the spool to its end, and what became of these; `null` when it is away. */
export type DrainSpool = (
  feedbackIds: readonly string[],
) => Promise<Readonly<Record<string, FeedbackStatus>> | null>

export interface FeedbackDeps {
  readonly spool: SpoolWriter
  readonly clock: Clock
  readonly drain: DrainSpool
}

/** Stores labels durably, then asks what became of them. Throws SERVING_SPOOL_UNWRITABLE: nothing was taken. */
export type TakeFeedback = (items: readonly FeedbackItem[]) => Promise<readonly FeedbackResult[]>

export function createFeedback({ spool, clock, drain }: FeedbackDeps): TakeFeedback {
  const ask = grouped(drain)
  return async (items) => {
    const records = items.map((item): FeedbackRecord => toRecord(item, clock.now()))
    const lines = records.map((record) => JSON.stringify(record)).join('\n')
    if (!(await spool.append(lines, { keep: false })))
      throw servingErrors.SERVING_SPOOL_UNWRITABLE({
        detail: spool.health().failure ?? 'the write failed',
      })
    const outcomes = await ask(records.map((record) => record.id))
    return records.map(({ id, prediction_id }) => ({
      id,
      prediction_id,
      status: outcomes?.[id] ?? 'stored',
    }))
  }
}

function toRecord(item: FeedbackItem, now: number): FeedbackRecord {
  const { prediction_id, label, at, source, correction } = item
  return {
    kind: 'feedback',
    id: createId('fb', now),
    at: at ?? now,
    prediction_id,
    label,
    ...(source === null ? {} : { source }),
    ...(correction ? { correction } : {}),
  }
}

/** While one question is under way, the next ones gather and go together. */
function grouped(drain: DrainSpool): DrainSpool {
  let running: Promise<unknown> = Promise.resolve()
  let gathering: { readonly ids: string[]; readonly answer: ReturnType<DrainSpool> } | null = null
  return (ids) => {
    if (gathering === null) {
      const group: string[] = []
      const answer = running.then(() => {
        gathering = null
        return drain(group).catch(() => null)
      })
      running = answer
      gathering = { ids: group, answer }
    }
    gathering.ids.push(...ids)
    return gathering.answer
  }
}
