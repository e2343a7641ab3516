import {
  keepPreviousData,
  useQueries,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useMemo } from 'react'
import type { MetricHistory } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import type { Range } from '../../charts/range.ts'
import { type Drawn, extentOf, type Line, linesOf, stepsOf, within, zoomOf } from './lines.ts'
import type { LinesLook } from './look.ts'

const MOVING_MS = 1500

interface HistoriesAsked {
  readonly metric: string
  /** Points of each run at most. */
  readonly points: number
  readonly look: LinesLook
  /** Whether one of the runs is being written. */
  readonly isMoving: boolean
}

export type Sets = readonly (readonly Drawn[])[]
type LineSets = readonly (readonly Line[])[]

export interface Histories {
  /** What is in sight, in the order of the sets. */
  readonly lines: LineSets
  /** Of all that was logged. */
  readonly extent: Range | null
  readonly zoom: Range | null
  readonly error: unknown
  readonly isPending: boolean
  readonly again: () => void
}

/**
 * The histories of one metric, set by set of runs, sampled to what a screen can show. Of a stretch that is looked at
 * more closely, its own points are fetched where the whole was sampled.
 */
export function useHistories(sets: Sets, asked: HistoriesAsked): Histories {
  const { look, points } = asked
  const client = useQueryClient()
  const coarse = useSampled(sets, asked)
  const whole = useLines(sets, { data: coarse.data, look })
  const extent = useMemo(() => extentOf(whole.flat()), [whole])
  const zoom = useMemo(() => zoomOf(look, extent), [look, extent])
  const steps = useMemo(
    () =>
      whole.map((lines) =>
        zoom !== null && isSampled(lines, points) ? stepsOf(lines, zoom) : null,
      ),
    [whole, zoom, points],
  )
  const fine = useSampled(sets, asked, steps)
  const closer = useLines(sets, { data: fine.data, look, whole })
  const lines = useMemo(() => inSight(whole, closer, zoom), [whole, closer, zoom])
  return {
    lines,
    extent,
    zoom,
    error: coarse.error ?? fine.error,
    isPending: coarse.isPending,
    again: () =>
      void client.invalidateQueries({
        predicate: ({ queryKey: [path] }) => String(path).startsWith('/runs/history'),
      }),
  }
}

/** Fewer points than were asked for are all that there are; where steps are sparse, a sample is not quite as long. */
function isSampled(lines: readonly Line[], points: number): boolean {
  return lines.some(({ x }) => x.length > points / 2)
}

/** Until the closer look is there, the coarse one is shown. */
function inSight(whole: LineSets, closer: LineSets, zoom: Range | null): LineSets {
  if (zoom === null) return whole
  return whole.map((coarse, index) => {
    const fine = closer[index] ?? []
    return (fine.length === 0 ? coarse : fine).map((line) => within(line, zoom))
  })
}

interface Sampled {
  readonly data: readonly (MetricHistory | undefined)[]
  readonly error: unknown
  readonly isPending: boolean
}

/** One question a set; with `steps`, only of the sets that have them. */
function useSampled(
  sets: Sets,
  { metric, points, isMoving }: HistoriesAsked,
  steps?: readonly (readonly [number, number] | null)[],
): Sampled {
  const found = useQueries({
    queries: sets.map((runs, index) => {
      const stretch = steps?.[index] ?? undefined
      const ids = runs.map(({ id }) => id)
      return {
        ...trackingQueries.history(ids, metric, points, stretch),
        enabled: ids.length > 0 && (steps === undefined || stretch !== undefined),
        // A stretch of elsewhere would be wrong for a moment; the coarse one is there meanwhile.
        ...(steps === undefined ? { placeholderData: keepPreviousData<MetricHistory> } : {}),
        refetchInterval: isMoving ? MOVING_MS : (false as const),
      }
    }),
    combine: combined,
  })
  // Where no stretch was asked for, the question is the coarse one, and so would be its answer.
  return useMemo(
    () =>
      steps === undefined
        ? found
        : {
            ...found,
            data: found.data.map((one, index) => (steps[index] === null ? undefined : one)),
          },
    [found, steps],
  )
}

/** A function of its own: what it makes is the same one until an answer changes. */
function combined(results: readonly UseQueryResult<MetricHistory>[]): Sampled {
  return {
    data: results.map(({ data }) => data),
    error: results.find(({ error }) => error !== null)?.error ?? null,
    isPending: results.some(({ isPending, fetchStatus }) => isPending && fetchStatus !== 'idle'),
  }
}

interface LinesInput {
  readonly data: Sampled['data']
  readonly look: LinesLook
  readonly whole?: LineSets
}

function useLines(sets: Sets, { data, look, whole }: LinesInput): LineSets {
  const { along, smooth, log } = look
  return useMemo(
    () =>
      sets.map((runs, index) => {
        const history = data[index]
        if (history === undefined) return []
        return linesOf(history, runs, { along, smooth, log }, whole?.[index])
      }),
    [sets, data, along, smooth, log, whole],
  )
}
