import type { RunCommand } from '../../../../src/edges/http/contract.ts'
import type { RunsAsked } from '../../api/tracking-queries.ts'
import type { RunsView, ViewChange } from './view.ts'

/** Which runs are chosen: those that are named, or every one that matches but those. */
export interface Chosen {
  readonly every: boolean
  readonly named: ReadonlySet<string>
}

/** As many as an address can name; every one of a filter is chosen without names. */
export const MOST_NAMED = 200

export const NONE_CHOSEN: ViewChange = { sel: undefined, every: undefined }

export function chosenOf({ sel = [], every }: Pick<RunsView, 'sel' | 'every'>): Chosen {
  return { every: every === true, named: new Set(sel) }
}

export function isChosen({ every, named }: Chosen, id: string): boolean {
  return every !== named.has(id)
}

export function countChosen({ every, named }: Chosen, total: number): number {
  return every ? Math.max(0, total - named.size) : named.size
}

/** What the address says once these were chosen, or let go. */
export function withRuns(chosen: Chosen, ids: readonly string[], on: boolean): ViewChange {
  const named = new Set(chosen.named)
  for (const id of ids) {
    if (on === chosen.every) named.delete(id)
    else named.add(id)
  }
  return { sel: [...named].slice(0, MOST_NAMED) }
}

/** Whom a command is for. */
export function commandedBy(
  { every, named }: Chosen,
  { experiment, filter, view, parent }: RunsAsked,
): Pick<RunCommand, 'ids' | 'matching' | 'except'> {
  if (!every) return { ids: [...named] }
  return { matching: { experiment: [...experiment], filter, view, parent }, except: [...named] }
}
