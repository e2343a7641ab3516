import { type LookView, lookView } from '../metrics/look.ts'

/** Which runs stand side by side, whether what they have in common is shown, and how their lines are drawn. */
export interface CompareView extends LookView {
  readonly runs: readonly string[]
  readonly all?: true
  /** Whose files stand against whose, and which of them is looked at. */
  readonly left?: string
  readonly right?: string
  readonly file?: string
}

const MOST = 20

export function compareView(raw: Readonly<Record<string, unknown>>): CompareView {
  const runs = Array.isArray(raw['runs'])
    ? raw['runs'].filter((id): id is string => typeof id === 'string').slice(0, MOST)
    : []
  return {
    runs,
    ...(raw['all'] === true ? { all: true } : {}),
    ...texts(raw),
    ...lookView(raw),
  }
}

function texts(
  raw: Readonly<Record<string, unknown>>,
): Pick<CompareView, 'left' | 'right' | 'file'> {
  const given = (['left', 'right', 'file'] as const).flatMap((key) => {
    const value = raw[key]
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : []
  })
  return Object.fromEntries(given)
}
