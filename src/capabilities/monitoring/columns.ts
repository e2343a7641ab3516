import { countCategories } from '../../statistics/category-bins.ts'
import { chiSquareTwoSample } from '../../statistics/chi-square.ts'
import { fisherExact } from '../../statistics/fisher-exact.ts'
import { kolmogorovSmirnov } from '../../statistics/kolmogorov-smirnov.ts'
import { permutedChiSquare } from '../../statistics/permuted-chi-square.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { countBins, psi } from '../../statistics/population-stability-index.ts'
import { occupiedBins, psiNullFloor } from '../../statistics/psi-null-floor.ts'
import { compareProportions } from '../../statistics/two-proportions.ts'
import type { ColumnRule } from './policy.ts'
import { type ColumnReference, type ColumnValues, splitColumn } from './reference.ts'

export type Test = 'psi' | 'ks' | 'chi2'

/** A value that the reference never had. */
export interface NewCategory {
  readonly value: string
  readonly rows: number
}

/** What is measured of one column, before anything is decided. */
export interface ColumnMeasure {
  readonly test: Test
  readonly rows: number
  readonly nulls: number
  /** PSI, or D for K-S. */
  readonly score: number
  /** How large the score gets by chance alone in 95 % of batches of this size. */
  readonly floor: number
  readonly p: number
  readonly psi: number
  readonly nullShift: { readonly reference: number; readonly current: number; readonly p: number }
  readonly unseen: {
    readonly rows: number
    readonly p: number
    readonly values: readonly NewCategory[]
  }
  readonly counts: readonly number[]
}

/** Compares a batch with the frozen reference: K-S for continuous columns, two-sample chi-square on bins for others. */
export function measureColumn(
  rule: Pick<ColumnRule, 'method'>,
  reference: ColumnReference,
  values: ColumnValues,
): ColumnMeasure {
  const { numbers, texts, nulls } = splitColumn(values)
  const present = numbers.length + texts.length
  const names = reference.kind === 'categorical' ? [...texts, ...numbers.map(String)] : texts
  const counts =
    reference.kind === 'numeric'
      ? countBins(reference.bins, numbers)
      : countCategories(reference.bins, names)
  const test = chooseTest(rule, reference)
  const sizes = { referenceRows: reference.rows - reference.nulls, currentRows: present }
  const score = occupiedPsi(reference.counts, counts)
  const unseen = unseenValues(reference, { numbers, names })
  const common = {
    rows: values.length,
    nulls,
    psi: score,
    counts,
    nullShift: nullShift(reference, values.length, nulls),
    unseen: { ...unseen, p: newcomersP(unseen.rows, sizes) },
  }
  if (test === 'ks' && reference.kind === 'numeric') {
    const { statistic, p } = kolmogorovSmirnov(reference.sample, numbers)
    return {
      ...common,
      test,
      score: statistic,
      floor: ksFloor(reference.sample.length, present),
      p,
    }
  }
  const p = sharesP(reference.counts, counts)
  const bins = occupiedBins(reference.counts, counts)
  const floor = bins < 2 ? 0 : psiNullFloor({ ...sizes, bins })
  return { ...common, test: test === 'ks' ? 'chi2' : test, score, floor, p }
}

// Bins that are empty on both sides would add what smoothing alone makes of unequal sizes.
function occupiedPsi(reference: readonly number[], current: readonly number[]): number {
  const occupied = (count: number, bin: number): boolean =>
    count > 0 || (reference[bin] ?? 0) > 0 || (current[bin] ?? 0) > 0
  return psi(reference.filter(occupied), current.filter(occupied))
}

// K-S loses its power on columns of few values, whose bins are points: chi-square takes over.
function chooseTest({ method }: Pick<ColumnRule, 'method'>, reference: ColumnReference): Test {
  if (method !== 'auto') return method
  return reference.kind === 'numeric' && reference.bins.edges.length > 0 ? 'ks' : 'chi2'
}

// The 95 % point of Kolmogorov's limit distribution.
function ksFloor(n: number, m: number): number {
  return n === 0 || m === 0 ? 1 : Math.min(1, 1.358 * Math.sqrt(1 / n + 1 / m))
}

// Below so many rows on a side the far tail of the chi-square distribution is too thin, and corrections look there.
const FEW_ROWS = 1000

// The same draws at each look at the same data, so that a look can be repeated.
const SEED = 1

function sharesP(reference: readonly number[], current: readonly number[]): number {
  const { p } = chiSquareTwoSample(reference, current)
  const few = Math.min(sum(reference), sum(current)) < FEW_ROWS
  return few && p < 0.05 && p > 1e-8
    ? permutedChiSquare(reference, current, { random: seededRandom(SEED) })
    : p
}

// Up to so many nulls the exact test is quick; beyond, the normal approximation is as good.
const MOST_EXACT = 5000

function nullShift(reference: ColumnReference, rows: number, nulls: number) {
  const before = { count: reference.nulls, rows: reference.rows }
  const now = { count: nulls, rows }
  const p =
    reference.nulls + nulls <= MOST_EXACT
      ? fisherExact(before, now).twoSided
      : compareProportions(before, now).p
  return { reference: share(reference.nulls, reference.rows), current: share(nulls, rows), p }
}

interface Sizes {
  readonly referenceRows: number
  readonly currentRows: number
}

// The chance that all newcomers fall into the current rows if they could as well have been in the reference.
function newcomersP(newcomers: number, { referenceRows, currentRows }: Sizes): number {
  const now = { count: newcomers, rows: currentRows }
  return fisherExact({ count: 0, rows: referenceRows }, now).more
}

interface Names {
  readonly numbers: readonly number[]
  readonly names: readonly string[]
}

function unseenValues(reference: ColumnReference, { numbers, names }: Names) {
  const found = new Map<string, number>()
  const count = (name: string): void => void found.set(name, (found.get(name) ?? 0) + 1)
  if (reference.kind === 'categorical') {
    const known = new Set([...reference.bins.top, ...reference.bins.others])
    for (const name of names) if (!known.has(name)) count(name)
  } else {
    for (const text of names) count(text)
    if (reference.bins.edges.length === 0) {
      const known = new Set(reference.bins.points)
      for (const value of numbers) if (!known.has(value)) count(String(value))
    }
  }
  const values = [...found].map(([value, rows]) => ({ value, rows }))
  const rows = sum(values.map((value) => value.rows))
  return { rows, values: values.toSorted((a, b) => b.rows - a.rows).slice(0, 5) }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

function share(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows
}
