import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export const FEATURE_GROUPS = ['weekday', 'season', 'holiday'] as const
export type FeatureGroup = (typeof FEATURE_GROUPS)[number]

export interface Params {
  readonly features: readonly FeatureGroup[]
  readonly train: {
    readonly until: string
    readonly window_days: number
    readonly l2: number
    readonly season_harmonics: number
    readonly calendar: 'recurring' | 'exact'
  }
  readonly evaluate: { readonly days: number }
}

/** The parameters of this project. A feature nobody knows is refused; a missing one is a choice. */
export function readParams(path = 'params.yaml'): Params {
  const params = parse(readFileSync(path, 'utf8')) as Params
  const unknown = params.features.find((name) => !FEATURE_GROUPS.includes(name))
  if (unknown)
    throw new Error(`${path}: features: ${unknown} is none of ${FEATURE_GROUPS.join(', ')}`)
  return params
}
