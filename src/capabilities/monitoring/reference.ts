import {
  type CategoryBins,
  countCategories,
  freezeCategories,
} from '../../statistics/category-bins.ts'
import {
  countBins,
  freezeBins,
  type NumericBins,
} from '../../statistics/population-stability-index.ts'
import { quantileOfSorted, sorted } from '../../statistics/quantile.ts'
import type { Json } from '../../base/json.ts'

/** The values of one column as they are logged; `null` and NaN are missing. */
export type ColumnValues = readonly (Json | undefined)[]

/** What a column looked like where the model learned: frozen, so that a score moves only when the present does. */
export type ColumnReference = {
  readonly rows: number
  readonly nulls: number
  /** Rows in each bin. */
  readonly counts: readonly number[]
} & (
  | {
      readonly kind: 'numeric'
      readonly bins: NumericBins
      /** Ascending; the values themselves, or as many quantiles of them. */
      readonly sample: readonly number[]
    }
  | { readonly kind: 'categorical'; readonly bins: CategoryBins }
)

export interface Reference {
  readonly features: Readonly<Record<string, ColumnReference>>
  readonly prediction: ColumnReference | null
  readonly target: ColumnReference | null
}

export interface ReferenceColumns {
  readonly features: Readonly<Record<string, ColumnValues>>
  readonly prediction?: ColumnValues | undefined
  readonly target?: ColumnValues | undefined
}

// K-S against more gains nothing that a monitor could act on, and the reference is read at each check.
const LARGEST_SAMPLE = 2000

/** Freezes bins, counts and quantiles of a sample of the training data. Columns without any value are left out. */
export function buildReference(columns: ReferenceColumns): Reference {
  const features = Object.entries(columns.features).flatMap(([name, values]) => {
    const reference = freezeColumn(values)
    return reference === null ? [] : [[name, reference] as const]
  })
  return {
    features: Object.fromEntries(features),
    prediction: freezeColumn(columns.prediction ?? []),
    target: freezeColumn(columns.target ?? []),
  }
}

function freezeColumn(values: ColumnValues): ColumnReference | null {
  const split = splitColumn(values)
  const rows = values.length
  if (split.texts.length > 0) {
    const texts = [...split.texts, ...split.numbers.map(String)]
    const bins = freezeCategories(texts)
    const counts = countCategories(bins, texts)
    return { kind: 'categorical', rows, nulls: split.nulls, bins, counts }
  }
  if (split.numbers.length === 0) return null
  const bins = freezeBins(split.numbers)
  const counts = countBins(bins, split.numbers)
  const sample = thin(sorted(split.numbers))
  return { kind: 'numeric', rows, nulls: split.nulls, bins, counts, sample }
}

function thin(ascending: Float64Array): readonly number[] {
  if (ascending.length <= LARGEST_SAMPLE) return [...ascending]
  return Array.from({ length: LARGEST_SAMPLE }, (_, index) =>
    quantileOfSorted(ascending, (index + 0.5) / LARGEST_SAMPLE),
  )
}

export interface SplitColumn {
  readonly numbers: readonly number[]
  readonly texts: readonly string[]
  readonly nulls: number
}

/** Sorts values into numbers (true is 1), texts and missing ones. */
export function splitColumn(values: ColumnValues): SplitColumn {
  const numbers: number[] = []
  const texts: string[] = []
  let nulls = 0
  for (const value of values) {
    if (typeof value === 'number' && !Number.isNaN(value)) numbers.push(value)
    else if (typeof value === 'boolean') numbers.push(value ? 1 : 0)
    else if (typeof value === 'string') texts.push(value)
    else nulls += 1
  }
  return { numbers, texts, nulls }
}
