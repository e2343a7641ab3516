import { datasetErrors } from '../errors.ts'

/** A value: commas outside quotes make a list. */
export type IniValue = string | readonly string[]

/** Section → key → value, in the order of the file; names in lower case. */
export type IniSections = Map<string, Map<string, IniValue>>

/**
 * Reads DVC's configuration as ConfigObj does: sections in brackets, `#` remarks, quotes, lists.
 * @throws DATASET_CONFIG_INVALID with the line
 */
export function parseIni(text: string, file: string): IniSections {
  const sections: IniSections = new Map()
  let current: Map<string, IniValue> | null = null
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const header = /^\[\s*("[^"]*"|'[^']*'|[^'"\s].*?)\s*\]\s*(?:#.*)?$/.exec(line)
    const pair = /^("[^"]*"|'[^']*'|[^'"=].*?)\s*=\s*(.*)$/.exec(line)
    if (header?.[1] !== undefined) {
      const name = unquote(header[1]).toLowerCase()
      current = sections.get(name) ?? new Map<string, IniValue>()
      sections.set(name, current)
    } else if (pair !== null && current !== null)
      current.set(unquote(pair[1] ?? '').toLowerCase(), readValue(pair[2] ?? ''))
    else
      throw datasetErrors.DATASET_CONFIG_INVALID({
        detail: `line ${index + 1} is neither a section nor a key of one: ${line}`,
        path: file,
      })
  }
  return sections
}

function readValue(text: string): IniValue {
  const whole = /^('''|""")(.*)\1\s*(?:#.*)?$/.exec(text)
  if (whole?.[2] !== undefined) return whole[2]
  const items = text.match(/"[^"]*"|'[^']*'|,|#.*$|[^,#'"][^,#]*/g) ?? []
  const values = items.filter((item) => !item.startsWith('#') && item.trim() !== '')
  if (!values.includes(',')) return unquote(values.map((item) => item.trim()).join(''))
  return values.filter((item) => item !== ',').map((item) => unquote(item.trim()))
}

function unquote(text: string): string {
  return /^(?:"[^"]*"|'[^']*')$/.test(text) ? text.slice(1, -1) : text
}

/** Writes it as ConfigObj does, to the byte. @throws DATASET_CONFIG_INVALID when a value cannot be written */
export function emitIni(sections: IniSections): string {
  const lines = [...sections].flatMap(([name, values]) => [
    `[${quoteOne(name)}]`,
    ...[...values].map(([key, value]) => `    ${quoteOne(key)} = ${quoteValue(value)}`),
  ])
  return `${lines.join('\n')}\n`
}

function quoteValue(value: IniValue): string {
  if (typeof value !== 'string') {
    if (value.length === 0) return ','
    const [first] = value
    return value.length === 1 ? `${quoteOne(first ?? '')},` : value.map(quoteOne).join(', ')
  }
  const both = value.includes("'") && value.includes('"')
  if (!both && !value.includes('\n')) return quoteOne(value)
  if (!value.includes('"""')) return `'''${value}'''`
  if (!value.includes("'''")) return `"""${value}"""`
  throw unwritable(value)
}

function quoteOne(value: string): string {
  if (value === '') return '""'
  if (value.includes('\n')) throw unwritable(value)
  const edge = ' \r\n\v\t\'"'
  const bare = !edge.includes(value[0] ?? '') && !edge.includes(value.at(-1) ?? '')
  if (bare && !value.includes(',') && !value.includes('#')) return value
  if (!value.includes('"')) return `"${value}"`
  if (!value.includes("'")) return `'${value}'`
  throw unwritable(value)
}

function unwritable(value: string) {
  return datasetErrors.DATASET_CONFIG_INVALID({
    detail: `${JSON.stringify(value)} has quotes or line breaks that DVC's configuration cannot hold`,
  })
}
