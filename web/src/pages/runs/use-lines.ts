import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { RunRow } from '../../../../src/edges/http/contract.ts'
import { trackingQueries, type RunsAsked } from '../../api/tracking-queries.ts'
import {
  fetchRuns,
  type Group,
  groupKey,
  intervalOf,
  type LineRange,
  type Opened,
  runAt,
  usePages,
} from './line-pages.ts'
import { lineCount, PAGE_ROWS, placeOf } from './lines.ts'

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
  /** The runs from one line to another, both included; what is not here yet is fetched. */
  readonly runsBetween: (one: number, other: number) => Promise<readonly RunRow[]>
  readonly error: unknown
  readonly isPending: boolean
  readonly isOpen: (key: string) => boolean
  readonly toggle: (line: number) => void
}

const WAIT: Line = { kind: 'wait' }
/** How often a list that may have changed is asked again. */
const LIST_MS = 5000

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
  const openings = opened.filter(({ base }) => base < total)
  const input = {
    asked,
    groupBy,
    opened: openings,
    groups: groups.data?.items,
    total,
    range,
  }
  const pages = usePages(input)
  const client = useQueryClient()
  const isOpen = (key: string): boolean => opened.some((one) => one.key === key)
  const baseLine = (base: number): Line => {
    const group = groups.data?.items[base]
    if (groupBy !== undefined)
      return group === undefined ? WAIT : { kind: 'group', group, isOpen: isOpen(groupKey(group)) }
    const run = runAt(pages, { kind: 'base', base })
    return run === undefined ? WAIT : { kind: 'run', run, depth: 0 }
  }
  const lineAt = (line: number): Line => {
    const place = placeOf(line, openings)
    if (place.kind === 'base') return baseLine(place.base)
    const run = runAt(pages, place)
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
    runsBetween: (one, other) =>
      fetchRuns(client, {
        ...input,
        range: { from: Math.min(one, other), to: Math.max(one, other) + 1 },
      }),
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
