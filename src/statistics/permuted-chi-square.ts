import type { Numbers } from './numbers.ts'
import type { Random } from './seeded-random.ts'

export interface PermutationOptions {
  readonly random: Random
  /** Draws at most, 9,999 unless given: the smallest p is 1 / (draws + 1). */
  readonly draws?: number
}

// Enough draws as extreme as the data to know that p is not small (Besag and Clifford 1991).
const ENOUGH = 20

/**
 * Two-sample chi-square test on counts over the same cells whose p-value comes from dealing the pooled rows out again,
 * (b + 1) / (draws + 1). Right at any size, where the chi-square distribution's far tail is several times too thin for
 * small batches. Costs up to `draws` times the rows of the smaller side.
 */
export function permutedChiSquare(
  a: Numbers,
  b: Numbers,
  { random, draws = 9999 }: PermutationOptions,
): number {
  const [rowsA, rowsB] = [total(a), total(b)]
  const smaller = rowsA <= rowsB ? a : b
  const pooled = Array.from(a, (count, cell) => count + (b[cell] ?? 0))
  const deck = dealable(pooled)
  const size = Math.min(rowsA, rowsB)
  // With both margins fixed, chi-square rises with this sum alone.
  const observed = spread(smaller, pooled) * (1 - 1e-12)
  let extreme = 0
  for (let draw = 1; draw <= draws; draw++) {
    if (spread(deal(deck, size, pooled.length, random), pooled) < observed) continue
    extreme += 1
    if (extreme === ENOUGH) return extreme / draw
  }
  return (extreme + 1) / (draws + 1)
}

function dealable(pooled: readonly number[]): Int32Array {
  const deck = new Int32Array(total(pooled))
  let next = 0
  for (const [cell, count] of pooled.entries()) {
    deck.fill(cell, next, next + count)
    next += count
  }
  return deck
}

// A partial Fisher-Yates shuffle; the deck may stay shuffled, each deal is uniform all the same.
function deal(deck: Int32Array, size: number, cells: number, random: Random): Float64Array {
  const counts = new Float64Array(cells)
  for (let index = 0; index < size; index++) {
    const other = index + Math.floor(random() * (deck.length - index))
    const card = deck[other] as number
    deck[other] = deck[index] as number
    deck[index] = card
    counts[card] = (counts[card] as number) + 1
  }
  return counts
}

function spread(counts: Numbers, pooled: readonly number[]): number {
  let sum = 0
  for (const [cell, all] of pooled.entries())
    if (all > 0) sum += (counts[cell] as number) ** 2 / all
  return sum
}

function total(counts: Numbers): number {
  let sum = 0
  for (let index = 0; index < counts.length; index++) sum += counts[index] as number
  return sum
}
