import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { isYamlMap, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import { pythonText } from '../declaration/python-text.ts'
import { parseJsonValues } from '../parameters/json-values.ts'
import { readParamsFile } from '../params.ts'
import { parseDelimited } from './delimited.ts'

/** One line of a data file: values by column. */
export type PlotRow = ReadonlyMap<string, string>

/** The rows of a file that plots are drawn from: CSV, TSV, JSON or YAML. @throws what the format's reader throws */
export function readRows(absolute: string, name: string, header: boolean): readonly PlotRow[] {
  switch (extname(name).toLowerCase()) {
    case '.csv':
      return tableRows(parseDelimited(readFileSync(absolute, 'utf8'), ','), header)
    case '.tsv':
      return tableRows(parseDelimited(readFileSync(absolute, 'utf8'), '\t'), header)
    case '.json':
      return valueRows(parseJsonValues(readFileSync(absolute, 'utf8')))
    default:
      return valueRows(readParamsFile(absolute, name))
  }
}

function tableRows(rows: readonly (readonly string[])[], header: boolean): readonly PlotRow[] {
  const [first = [], ...others] = rows
  const names = header ? first : first.map((_, index) => String(index))
  return (header ? others : rows).map(
    (row) => new Map(names.map((name, index) => [name, row[index] ?? ''])),
  )
}

// A list of mappings; or the first such list that a mapping holds, as DVC looks for it.
function valueRows(value: YamlValue): readonly PlotRow[] {
  if (Array.isArray(value)) {
    const maps = value.filter((item: YamlValue) => isYamlMap(item)) as readonly YamlMap[]
    return maps.map((map) => new Map([...map].map(([key, item]) => [key, pythonText(item)])))
  }
  if (!isYamlMap(value)) return []
  for (const inner of value.values()) {
    const rows = valueRows(inner)
    if (rows.length > 0) return rows
  }
  return []
}
