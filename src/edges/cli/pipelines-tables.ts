import type { Json } from '../../base/json.ts'
import type { YamlValue } from '../../capabilities/datasets/index.ts'
import {
  type FileValues,
  flattenValues,
  roundedFloat,
  toJson,
  type ValueChange,
  valueText,
} from '../../capabilities/pipelines/index.ts'

type Rows = readonly (readonly string[])[]

export interface ChangeTable {
  readonly columns: readonly [string, string]
  readonly withChange: boolean
  readonly withPath: boolean
  /** Digits after the point; null prints numbers in full. */
  readonly precision: number | null
}

/** The table of `params diff` and `metrics diff`, in DVC's words. */
export function changeTable(changes: readonly ValueChange[], options: ChangeTable): Rows {
  const { columns, withChange, withPath, precision } = options
  const name = withChange ? 'Metric' : 'Param'
  const head = [...(withPath ? ['Path'] : []), name, ...columns, ...(withChange ? ['Change'] : [])]
  const rows = changes.map((change) => [
    ...(withPath ? [change.file] : []),
    change.name,
    valueText(change.old ?? undefined, precision),
    valueText(change.new ?? undefined, precision),
    ...(withChange ? [changeText(change, precision)] : []),
  ])
  return [head, ...rows]
}

function changeText({ diff, old, new: now }: ValueChange, precision: number | null): string {
  if (diff === null) return '-'
  const isWhole = typeof old === 'number' && typeof now === 'number'
  return isWhole ? String(diff) : roundedFloat(diff, precision)
}

/** `{file: {name: {old, new, diff}}}`, as DVC prints it. */
export function changesJson(changes: readonly ValueChange[]): Json {
  const files = new Map<string, Record<string, Json>>()
  for (const { file, name, old, new: now, diff } of changes) {
    const entry: Record<string, Json> = {
      old: old === undefined ? null : sideJson(old),
      new: now === undefined ? null : sideJson(now),
    }
    if (diff !== null) entry['diff'] = diff
    files.set(file, { ...files.get(file), [name]: entry })
  }
  return Object.fromEntries(files)
}

// A list is compared as a whole, and DVC says it as Python's text.
function sideJson(value: YamlValue): Json {
  return Array.isArray(value) ? valueText(value, null) : toJson(value)
}

/** A row for each file of each revision, a column for each metric. */
export function metricsTable(
  shown: ReadonlyMap<string, ReadonlyMap<string, FileValues>>,
  { precision, revisions }: { readonly precision: number; readonly revisions: boolean },
): Rows {
  const files = [...shown].flatMap(([revision, found]) =>
    [...found].map(([file, values]) => ({
      revision,
      file,
      flat: values.ok ? flattenValues(values.values) : new Map<string, never>(),
    })),
  )
  if (files.length === 0) return []
  const names = [...new Set(files.flatMap(({ flat }) => [...flat.keys()]))].toSorted()
  const head = [...(revisions ? ['Revision'] : []), 'Path', ...names]
  const rows = files.map(({ revision, file, flat }) => [
    ...(revisions ? [revision] : []),
    file,
    ...names.map((name) => valueText(flat.get(name), precision)),
  ])
  return [head, ...rows]
}

export function markdownTable(rows: Rows): readonly string[] {
  const widths = widthsOf(rows)
  const cell = (text: string, index: number): string =>
    ` ${text.replaceAll('|', '\\|').padEnd(widths[index] ?? 0)} `
  const [head = [], ...body] = rows
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  const line = (row: readonly string[]): string => `|${row.map(cell).join('|')}|`
  return [line(head), rule, ...body.map(line), '']
}

/** RFC 4180, lines ended by CR and LF, as Python's `csv` writes it. */
export function csvTable(rows: Rows): readonly string[] {
  const cell = (text: string): string =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  return rows.map((row) => `${row.map(cell).join(',')}\r`)
}

export function plainTable(rows: Rows): readonly string[] {
  const widths = widthsOf(rows)
  return rows.map((row) =>
    row
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

// DVC's tables leave two more columns than a heading needs.
function widthsOf([head = [], ...body]: Rows): readonly number[] {
  return head.map((name, index) =>
    Math.max(name.length + 2, ...body.map((row) => row[index]?.length ?? 0)),
  )
}
