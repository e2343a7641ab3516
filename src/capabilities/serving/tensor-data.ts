import { servingErrors } from './errors.ts'
import type { Datatype, TensorData } from './tensors.ts'

/** What a JSON reader gives for one element: integers past 2^53 come as bigint. */
type Value = unknown

const RANGES = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
} as const

/**
 * Values as a tensor's data. `null` in FP32 and FP64 is a missing value (not a number). Throws
 * SERVING_REQUEST_INVALID with the place on a value of another kind or outside the datatype's range.
 */
export function parseTensorData(
  datatype: Datatype,
  values: readonly Value[],
  path: string,
): TensorData {
  switch (datatype) {
    case 'BOOL':
      return fill(new Uint8Array(values.length), values, { datatype, path, read: readBool })
    case 'FP32':
      return fill(new Float32Array(values.length), values, { datatype, path, read: readSingle })
    case 'FP64':
      return fill(new Float64Array(values.length), values, { datatype, path, read: readDouble })
    case 'INT64':
      return fill(new BigInt64Array(values.length), values, { datatype, path, read: readSigned })
    case 'UINT64':
      return fill(new BigUint64Array(values.length), values, { datatype, path, read: readUnsigned })
    case 'BYTES':
      return texts(values, path)
    case 'UINT8':
    case 'UINT16':
    case 'UINT32':
    case 'INT8':
    case 'INT16':
    case 'INT32': {
      const [low, high] = RANGES[datatype]
      const read = readInteger(low, high)
      return fill(integers(datatype, values.length), values, { datatype, path, read })
    }
  }
}

function integers(datatype: keyof typeof RANGES, length: number) {
  switch (datatype) {
    case 'UINT8':
      return new Uint8Array(length)
    case 'UINT16':
      return new Uint16Array(length)
    case 'UINT32':
      return new Uint32Array(length)
    case 'INT8':
      return new Int8Array(length)
    case 'INT16':
      return new Int16Array(length)
    case 'INT32':
      return new Int32Array(length)
  }
}

interface Filling<T> {
  readonly datatype: Datatype
  readonly path: string
  /** `null` when the value is none of this datatype. */
  readonly read: (value: Value) => T | null
}

function fill<T, A extends { [index: number]: T }>(
  array: A,
  values: readonly Value[],
  { datatype, path, read }: Filling<T>,
): A {
  for (let index = 0; index < values.length; index++) {
    const value = read(values[index])
    if (value === null) throw invalid(datatype, values[index], `${path}[${index}]`)
    array[index] = value
  }
  return array
}

function readBool(value: Value): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value === 0 || value === 1 ? value : null
}

function readDouble(value: Value): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'bigint') return Number(value)
  return value === null ? Number.NaN : null
}

function readSingle(value: Value): number | null {
  const double = readDouble(value)
  return double === null || Math.abs(Math.fround(double)) === Number.POSITIVE_INFINITY
    ? null
    : double
}

function readInteger(low: number, high: number): (value: Value) => number | null {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
      ? value
      : null
}

function readSigned(value: Value): bigint | null {
  const wide = toBigInt(value)
  return wide === null || BigInt.asIntN(64, wide) !== wide ? null : wide
}

function readUnsigned(value: Value): bigint | null {
  const wide = toBigInt(value)
  return wide === null || BigInt.asUintN(64, wide) !== wide ? null : wide
}

function toBigInt(value: Value): bigint | null {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null
}

function texts(values: readonly Value[], path: string): readonly string[] {
  return values.map((value, index) => {
    if (typeof value === 'string' && value.isWellFormed()) return value
    throw invalid('BYTES', value, `${path}[${index}]`)
  })
}

function invalid(datatype: Datatype, value: Value, path: string) {
  const shown = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  return servingErrors.SERVING_REQUEST_INVALID({
    detail: `${shown.slice(0, 60)} is not a value of ${datatype}`,
    path,
  })
}
