/**
 * Ridge regression in closed form: (X'X + l2 I) w = X'y, by Cholesky's decomposition.
 * Column 0 is the intercept and is not penalized.
 */
export function fitRidge(
  rows: readonly Float64Array[],
  target: readonly number[],
  l2: number,
): Float64Array {
  const { gram, moment } = normalEquations(rows, target)
  for (let column = 1; column < gram.size; column++) add(gram, column, column, l2)
  return solve(cholesky(gram), moment)
}

/** A square matrix, row after row. */
interface Square {
  readonly size: number
  readonly values: Float64Array
}

const get = (matrix: Square, row: number, column: number): number =>
  matrix.values[row * matrix.size + column] ?? 0

const set = (matrix: Square, row: number, column: number, value: number): void => {
  matrix.values[row * matrix.size + column] = value
}

const add = (matrix: Square, row: number, column: number, value: number): void =>
  set(matrix, row, column, get(matrix, row, column) + value)

const square = (size: number): Square => ({ size, values: new Float64Array(size * size) })

function normalEquations(rows: readonly Float64Array[], target: readonly number[]) {
  const gram = square(rows[0]?.length ?? 0)
  const moment = new Float64Array(gram.size)
  rows.forEach((row, index) => {
    // Nearly all columns are indicators, and nearly all of those are zero.
    const filled = [...row.keys()].filter((column) => row[column] !== 0)
    for (const i of filled) {
      moment[i] = (moment[i] ?? 0) + (row[i] ?? 0) * (target[index] ?? 0)
      for (const j of filled) add(gram, i, j, (row[i] ?? 0) * (row[j] ?? 0))
    }
  })
  return { gram, moment }
}

/** The lower triangle L with L L' = matrix. */
function cholesky(matrix: Square): Square {
  const lower = square(matrix.size)
  for (let column = 0; column < matrix.size; column++)
    for (let row = column; row < matrix.size; row++) {
      const rest = get(matrix, row, column) - rowProduct(lower, row, column)
      set(lower, row, column, row === column ? Math.sqrt(rest) : rest / get(lower, column, column))
    }
  return lower
}

function rowProduct(lower: Square, row: number, column: number): number {
  let sum = 0
  for (let k = 0; k < column; k++) sum += get(lower, row, k) * get(lower, column, k)
  return sum
}

/** Solves L L' w = b: forward with L, then backward with its transpose. */
function solve(lower: Square, right: Float64Array): Float64Array {
  const solution = Float64Array.from(right)
  for (let i = 0; i < lower.size; i++) {
    let rest = solution[i] ?? 0
    for (let k = 0; k < i; k++) rest -= get(lower, i, k) * (solution[k] ?? 0)
    solution[i] = rest / get(lower, i, i)
  }
  for (let i = lower.size - 1; i >= 0; i--) {
    let rest = solution[i] ?? 0
    for (let k = i + 1; k < lower.size; k++) rest -= get(lower, k, i) * (solution[k] ?? 0)
    solution[i] = rest / get(lower, i, i)
  }
  return solution
}
