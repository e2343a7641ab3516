import { type QueryClient, useQueries } from '@tanstack/react-query'
import type { RunGroups, RunRow, RunTable } from '../../../../src/edges/http/contract.ts'
import { trackingQueries, type RunsAsked } from '../../api/tracking-queries.ts'
import { lineCount, type Opening, PAGE_ROWS, pagesOf, type Place, placeOf } from './lines.ts'

export type Group = RunGroups['items'][number]

export interface LineRange {
  readonly from: number
  readonly to: number
}

/** A line with lines below it: a group, or a run with children. */
export interface Opened extends Opening {
  readonly key: string
}

/** The value of a group may be anything, also the word for having none. */
export function groupKey({ value }: Group): string {
  return value === null ? 'none' : `=${value}`
}

export interface PagesAsked {
  readonly asked: RunsAsked
  readonly groupBy: string | undefined
  readonly opened: readonly Opened[]
  readonly groups: readonly Group[] | undefined
  readonly total: number
  readonly range: LineRange
}

/** Parts of the lists, by the line that they stand below and their number. */
export type Pages = ReadonlyMap<string, RunTable>

/** How often a list in which a run is being written is asked again. */
const MOVING_MS = 1500

/** What has come of the pages that hold the lines. */
export function usePages(input: PagesAsked): Pages {
  const wanted = wantedPages(input)
  const results = useQueries({
    queries: wanted.map(({ query }) => ({
      ...query,
      gcTime: 60_000,
      refetchInterval: ({ state }: { state: { data: RunTable | undefined } }) =>
        intervalOf(state.data) ?? (false as const),
    })),
  })
  return new Map(
    wanted.flatMap(({ key }, index) => {
      const data = results[index]?.data
      return data === undefined ? [] : [[key, data] as const]
    }),
  )
}

/** The runs on the lines of the range, also those that nobody has looked at yet. */
export async function fetchRuns(
  client: QueryClient,
  input: PagesAsked,
): Promise<readonly RunRow[]> {
  const found = wantedPages(input).map(
    async ({ key, query }) => [key, await client.ensureQueryData(query)] as const,
  )
  const pages: Pages = new Map(await Promise.all(found))
  const { from, to } = input.range
  return Array.from({ length: to - from }, (_, index) => {
    const place = placeOf(from + index, input.opened)
    return input.groupBy !== undefined && place.kind === 'base' ? undefined : runAt(pages, place)
  }).filter((run) => run !== undefined)
}

export function runAt(pages: Pages, place: Place): RunRow | undefined {
  const [list, index] = place.kind === 'base' ? [null, place.base] : [place.base, place.child]
  return pages.get(`${list} ${Math.floor(index / PAGE_ROWS)}`)?.items[index % PAGE_ROWS]
}

function wantedPages(input: PagesAsked) {
  const { asked, groupBy, opened, total, range } = input
  const count = lineCount(total, opened)
  return pagesOf(range.from, Math.min(range.to, count), opened)
    .filter(({ base }) => base !== null || groupBy === undefined)
    .map(({ base, page }) => ({
      key: `${base} ${page}`,
      query: trackingQueries.runs(
        base === null ? asked : childrenOf(asked, input, base),
        page * PAGE_ROWS,
        PAGE_ROWS,
      ),
    }))
}

export function intervalOf(data: RunTable | undefined): number | undefined {
  return data?.items.some(({ status }) => status === 'RUNNING') === true ? MOVING_MS : undefined
}

type Openings = Pick<PagesAsked, 'groupBy' | 'opened' | 'groups'>

function childrenOf(
  asked: RunsAsked,
  { groupBy, opened, groups }: Openings,
  base: number,
): RunsAsked {
  if (groupBy === undefined) {
    const { filter: _, ...rest } = asked
    return { ...rest, parent: opened.find((one) => one.base === base)?.key }
  }
  const value = groups?.[base]?.value ?? null
  return { ...asked, group: groupBy, ...(value === null ? {} : { group_value: value }) }
}
