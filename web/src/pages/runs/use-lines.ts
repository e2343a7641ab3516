import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { RunGroups, RunRow, RunTable } from '../../../../src/edges/http/contract.ts'
import { trackingQueries, type RunsAsked } from '../../api/tracking-queries.ts'
import { lineCount, type Opening, PAGE_ROWS, pagesOf, placeOf } from './lines.ts'

export type Group = RunGroups['items'][number]

/** What stands on a line of the table. */
export type Line =
  | { readonly kind: 'run'; readonly run: RunRow; readonly depth: number }
  | { readonly kind: 'group'; readonly group: Group; readonly isOpen: boolean }
  /** It is on its way. */
  | { readonly kind: 'wait' }

export interface Lines {
  /** Lines of the table; runs in all. */
  readonly count: number
  readonly total: number
  readonly lineAt: (line: number) => Line
  /** The runs that are here of those asked for, in order. */
  readonly loaded: readonly RunRow[]
  readonly error: unknown
  readonly isPending: boolean
  readonly isOpen: (key: string) => boolean
  readonly toggle: (line: number) => void
}

export interface LineRange {
  readonly from: number
  readonly to: number
}

interface Opened {
  readonly key: string
  readonly base: number
  readonly children: number
}

const WAIT: Line = { kind: 'wait' }
/** How often what may have changed is asked again: a list, and one in which a run is being written. */
const LIST_MS = 5000
const MOVING_MS = 1500

/** The table's lines, fetched by the hundred as they come into sight. */
export function useLines(asked: RunsAsked, groupBy: string | undefined, range: LineRange): Lines {
  const [opened, setOpened] = useState<readonly Opened[]>([])
  const identity = JSON.stringify([asked, groupBy])
  // What was opened in another list is not in this one.
  useEffect(() => setOpened([]), [identity])
  const groups = useGroups(asked, groupBy)
  const first = useQuery({
    ...trackingQueries.runs(asked, 0, PAGE_ROWS),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => intervalOf(state.data) ?? LIST_MS,
  })
  const runs = first.data?.total ?? 0
  const total = groupBy === undefined ? runs : (groups.data?.items.length ?? 0)
  const openings: readonly Opening[] = opened.filter(({ base }) => base < total)
  const settled = useSettled(range)
  const pages = usePages({
    asked,
    groupBy,
    opened,
    groups: groups.data?.items,
    total,
    range: settled,
  })

  const runAt = (base: number | null, index: number): RunRow | undefined =>
    pages.get(`${base} ${Math.floor(index / PAGE_ROWS)}`)?.items[index % PAGE_ROWS]
  const isOpen = (key: string): boolean => opened.some((one) => one.key === key)
  const baseLine = (base: number): Line => {
    const group = groups.data?.items[base]
    if (groupBy !== undefined)
      return group === undefined ? WAIT : { kind: 'group', group, isOpen: isOpen(groupKey(group)) }
    const run = runAt(null, base)
    return run === undefined ? WAIT : { kind: 'run', run, depth: 0 }
  }
  const lineAt = (line: number): Line => {
    const place = placeOf(line, openings)
    if (place.kind === 'base') return baseLine(place.base)
    const run = runAt(place.base, place.child)
    return run === undefined ? WAIT : { kind: 'run', run, depth: 1 }
  }
  const toggle = (line: number): void => {
    const place = placeOf(line, openings)
    const found = lineAt(line)
    if (place.kind === 'child' || found.kind === 'wait') return
    setOpened((before) => toggled(before, found, place.base))
  }
  return {
    count: lineCount(total, openings),
    total: runs,
    lineAt,
    loaded: [...pages.values()].flatMap(({ items }) => items),
    error: first.error ?? groups.error,
    isPending: first.isPending || (groupBy !== undefined && groups.isPending),
    isOpen,
    toggle,
  }
}

function useGroups(asked: RunsAsked, by: string | undefined) {
  return useQuery({
    ...trackingQueries.groups(asked, by ?? ''),
    enabled: by !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: LIST_MS,
  })
}

/** The value of a group may be anything, also the word for having none. */
function groupKey({ value }: Group): string {
  return value === null ? 'none' : `=${value}`
}

function toggled(
  before: readonly Opened[],
  line: Exclude<Line, { kind: 'wait' }>,
  base: number,
): readonly Opened[] {
  const key = line.kind === 'group' ? groupKey(line.group) : line.run.id
  const children = line.kind === 'group' ? line.group.runs : line.run.children
  const others = before.filter((one) => one.key !== key)
  if (others.length < before.length || children === 0) return others
  return [...others, { key, base, children }].toSorted((a, b) => a.base - b.base)
}

interface PagesAsked {
  readonly asked: RunsAsked
  readonly groupBy: string | undefined
  readonly opened: readonly Opened[]
  readonly groups: readonly Group[] | undefined
  readonly total: number
  readonly range: LineRange
}

function usePages(input: PagesAsked): ReadonlyMap<string, RunTable> {
  const { asked, groupBy, opened, groups, total, range } = input
  const count = lineCount(total, opened)
  const wanted = pagesOf(range.from, Math.min(range.to, count), opened).filter(
    ({ base }) => base !== null || groupBy === undefined,
  )
  const results = useQueries({
    queries: wanted.map(({ base, page }) => ({
      ...trackingQueries.runs(
        base === null ? asked : childrenOf(asked, { groupBy, opened, groups }, base),
        page * PAGE_ROWS,
        PAGE_ROWS,
      ),
      gcTime: 60_000,
      refetchInterval: ({ state }: { state: { data: RunTable | undefined } }) =>
        intervalOf(state.data) ?? false,
    })),
  })
  const pages = new Map<string, RunTable>()
  wanted.forEach(({ base, page }, index) => {
    const data = results[index]?.data
    if (data !== undefined) pages.set(`${base} ${page}`, data)
  })
  return pages
}

function intervalOf(data: RunTable | undefined): number | undefined {
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

const SETTLE_MS = 70

/** Whoever scrolls past a thousand pages does not want them: what is asked for is where one stays. */
function useSettled({ from, to }: LineRange): LineRange {
  const [settled, setSettled] = useState({ from, to })
  useEffect(() => {
    const near = Math.abs(from - settled.from) < PAGE_ROWS / 2
    const timer = window.setTimeout(() => setSettled({ from, to }), near ? 0 : SETTLE_MS)
    return () => window.clearTimeout(timer)
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- where it was does not start it again
  }, [from, to])
  return settled
}
