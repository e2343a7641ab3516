import { ALONG, type Along } from '../runs/view.ts'

/** Which runs stand side by side, whether what they have in common is shown, and how their lines are drawn. */
export interface CompareView {
  readonly runs: readonly string[]
  readonly all?: true
  readonly along?: Along
  readonly smooth?: number
  readonly log?: true
}

const MOST = 20

export function compareView(raw: Readonly<Record<string, unknown>>): CompareView {
  const runs = Array.isArray(raw['runs'])
    ? raw['runs'].filter((id): id is string => typeof id === 'string').slice(0, MOST)
    : []
  const along = ALONG.find((word) => word === raw['along'])
  const smooth = Number(raw['smooth'])
  return {
    runs,
    ...(raw['all'] === true ? { all: true } : {}),
    ...(along === undefined ? {} : { along }),
    ...(smooth > 0 && smooth < 1 ? { smooth } : {}),
    ...(raw['log'] === true ? { log: true } : {}),
  }
}
