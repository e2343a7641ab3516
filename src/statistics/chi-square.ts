import { chiSquareSurvival } from './distributions.ts'
import type { Numbers } from './numbers.ts'

export interface ChiSquare {
  readonly statistic: number
  readonly degrees: number
  readonly p: number
  /** Cells after the rare ones were put together. */
  readonly cells: number
}

type Cell = readonly [number, number]

/**
 * Two-sample chi-square test on counts over the same cells: both samples are random, unlike the one-sample form
 * that takes the reference for the truth and alarms in 22 to 99 % of batches without drift. Cells that expect
 * fewer than `leastExpected` (5, Cochran 1954) are put together. One cell left: p = 1.
 */
export function chiSquareTwoSample(a: Numbers, b: Numbers, leastExpected = 5): ChiSquare {
  const raw = Array.from(a, (count, index): Cell => [count, b[index] ?? 0])
  const occupied = raw.filter(([x, y]) => x + y > 0)
  const totals = sumCells(occupied)
  const cells = mergeRare(occupied, totals, leastExpected)
  const degrees = cells.length - 1
  if (degrees < 1 || Math.min(...totals) === 0)
    return { statistic: 0, degrees: 0, p: 1, cells: cells.length }
  const statistic = cells.reduce((sum, cell) => sum + contribution(cell, totals), 0)
  return { statistic, degrees, p: chiSquareSurvival(statistic, degrees), cells: cells.length }
}

function sumCells(cells: readonly Cell[]): Cell {
  return cells.reduce<Cell>(([x, y], cell) => [x + cell[0], y + cell[1]], [0, 0])
}

function leastExpectation([x, y]: Cell, [n, m]: Cell): number {
  return ((x + y) * Math.min(n, m)) / (n + m)
}

// The rare cells become one; if that is still rare, it takes in the smallest of the others.
function mergeRare(cells: readonly Cell[], totals: Cell, least: number): readonly Cell[] {
  const size = (cell: Cell): number => leastExpectation(cell, totals)
  const rare = cells.filter((cell) => size(cell) < least)
  if (rare.length === 0) return cells
  const kept = cells.filter((cell) => size(cell) >= least).toSorted((a, b) => size(a) - size(b))
  const merged = sumCells(rare)
  if (size(merged) >= least || kept.length === 0) return [...kept, merged]
  const [smallest, ...rest] = kept
  return smallest === undefined ? [merged] : [...rest, sumCells([smallest, merged])]
}

function contribution(cell: Cell, totals: Cell): number {
  const all = totals[0] + totals[1]
  const expect = (side: 0 | 1): number => ((cell[0] + cell[1]) * totals[side]) / all
  return (cell[0] - expect(0)) ** 2 / expect(0) + (cell[1] - expect(1)) ** 2 / expect(1)
}
