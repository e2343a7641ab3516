/** Which runs stand side by side, and whether what they have in common is left out. */
export interface CompareView {
  readonly runs: readonly string[]
  readonly all?: true
}

const MOST = 20

export function compareView(raw: Readonly<Record<string, unknown>>): CompareView {
  const runs = Array.isArray(raw['runs'])
    ? raw['runs'].filter((id): id is string => typeof id === 'string').slice(0, MOST)
    : []
  return raw['all'] === true ? { runs, all: true } : { runs }
}
