import type { Column, Columns, ColumnValue } from './spool-records.ts'
import type { Datatype, Tensor, TensorData } from './tensors.ts'

/** Tensors as named columns, one entry a row. */
export function toColumns(tensors: readonly Tensor[]): Columns {
  const columns: Record<string, Column> = Object.create(null)
  for (const tensor of tensors) columns[tensor.name] = toColumn(tensor)
  return columns
}

/** A tensor of n rows as n values, or n arrays when a row has several. A scalar is one row. */
export function toColumn({ datatype, data, shape }: Tensor): Column {
  const values: ColumnValue[] = []
  for (let index = 0; index < data.length; index++) values.push(columnValue(datatype, data, index))
  const rows = shape[0] ?? 1
  const width = rows === 0 ? 1 : values.length / rows
  if (width === 1) return values
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width))
}

function columnValue(datatype: Datatype, data: TensorData, index: number): ColumnValue {
  const value = data[index]
  if (datatype === 'BOOL') return value === 1
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (typeof value === 'string') return value
  return value !== undefined && Number.isFinite(value) ? value : null
}
