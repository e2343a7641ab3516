import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { errorMessage } from '../../base/errors.ts'
import { type Analytics, identifier, literal, type ScanRow } from './duckdb.ts'
import { tableErrors } from './errors.ts'
import { parseHeader } from './header.ts'

/** A file opened as a table in which every value is text, so that a wrong type is a finding and not a crash. */
export interface TextTable {
  readonly file: string
  readonly columns: readonly string[]
  /** A FROM item; its columns are those above, in the order of the file. */
  readonly from: string
  /** Runs a query over `from`. @throws TABLE_UNREADABLE naming the line, where the reader knows it. */
  readonly scan: (sql: string) => Promise<readonly ScanRow[]>
}

type Format = 'csv' | 'tsv' | 'parquet' | 'json'

const FORMATS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.parquet': 'parquet',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
}

const HEADER_BYTES = 65_536

/**
 * `name` is what the file is called, where it lies under another name, as an object of a cache does.
 * @throws TABLE_MISSING, TABLE_NO_ACCESS, TABLE_FORMAT_UNKNOWN, TABLE_UNREADABLE
 */
export async function openTextTable(
  analytics: Analytics,
  file: string,
  name: string = file,
): Promise<TextTable> {
  const format = FORMATS[extname(name).toLowerCase()]
  await refuseUnlessReadable(file)
  if (format === undefined)
    throw tableErrors.TABLE_FORMAT_UNKNOWN({
      detail: `${name} ends in "${extname(name)}".`,
      path: name,
    })
  const scan = scanOf(analytics, name)
  if (format === 'csv' || format === 'tsv')
    return { file, scan, ...(await delimited({ file, name }, format)) }
  return { file, scan, ...(await typed(scan, file, format)) }
}

async function refuseUnlessReadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => null)
  if (found === null)
    throw tableErrors.TABLE_MISSING({ detail: `There is no ${file}.`, path: file })
  if (!found.isFile())
    throw tableErrors.TABLE_MISSING({ detail: `${file} is not a file.`, path: file })
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw tableErrors.TABLE_NO_ACCESS({
      detail: `${file}: ${errorMessage(cause)}`,
      path: file,
      cause,
    })
  })
}

function scanOf(analytics: Analytics, name: string): TextTable['scan'] {
  return async (sql) => {
    try {
      return await analytics.scan(sql)
    } catch (cause) {
      throw unreadable(name, errorMessage(cause), cause)
    }
  }
}

// DuckDB's first lines say what and where; the rest is advice about options that are not ours to change.
function unreadable(file: string, message: string, cause?: unknown) {
  const line = /Line: (\d+)/.exec(message)?.[1]
  const detail = (message.split(/\n\s*\n?Possible/)[0] ?? message).trim().split('\n').slice(0, 4)
  const path = line === undefined ? file : `${file}:${line}`
  return tableErrors.TABLE_UNREADABLE({ detail: `${path}: ${detail.join('; ')}`, path, cause })
}

// The header is read here, because DuckDB's detection of a dialect gives up on one bad line without naming it.
async function delimited(
  { file, name }: { readonly file: string; readonly name: string },
  format: 'csv' | 'tsv',
) {
  const delimiter = format === 'tsv' ? '\t' : ','
  const columns = parseHeader(await firstBytes(file), delimiter)
  if (columns === null) throw unreadable(name, 'Line: 1 has no header that can be read')
  const names = columns.map((column) => column.toLowerCase())
  const twice = columns.find((_, index) => names.indexOf(names[index] ?? '') !== index)
  if (twice !== undefined) throw unreadable(name, `Line: 1 names the column "${twice}" twice`)
  const types = columns.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ')
  const from = `read_csv(${pattern(file)}, auto_detect = false, columns = {${types}}, header = true,
    delim = ${literal(delimiter)}, quote = '"', escape = '"', strict_mode = true)`
  return { columns, from }
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function typed(scan: TextTable['scan'], file: string, format: 'parquet' | 'json') {
  const reader = format === 'parquet' ? 'read_parquet' : 'read_json_auto'
  const described = await scan(`describe select * from ${reader}(${pattern(file)})`)
  const columns = described.map((row) => String(row['column_name']))
  const casts = columns.map((name) => `${identifier(name)}::varchar as ${identifier(name)}`)
  return { columns, from: `(select ${casts.join(', ')} from ${reader}(${pattern(file)}))` }
}

// DuckDB takes * ? and [ in a path for a pattern; this path is one file.
function pattern(file: string): string {
  return literal(file.replace(/[[*?]/g, (character) => `[${character}]`))
}
