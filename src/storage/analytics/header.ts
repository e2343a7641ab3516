const NEW_LINE = /[\r\n]/

/** The fields of the first record of a delimited file; `null` when it is empty, not UTF-8 text, or never ends its quotes. */
export function parseHeader(bytes: Uint8Array, delimiter: string): readonly string[] | null {
  const text = new TextDecoder('utf-8').decode(bytes)
  if (text.trim() === '') return null
  const fields: string[] = []
  let at = 0
  for (;;) {
    const field = text[at] === '"' ? quoted(text, at) : bare(text, at, delimiter)
    if (field === null || /[\uFFFD\0]/.test(field.value)) return null
    // A column without a name is called as DuckDB calls it.
    fields.push(field.value === '' ? `column${fields.length}` : field.value)
    const next = text[field.end]
    if (next === undefined || NEW_LINE.test(next)) return fields
    if (next !== delimiter) return null
    at = field.end + 1
  }
}

interface Field {
  readonly value: string
  /** Index of the character after the field. */
  readonly end: number
}

function bare(text: string, start: number, delimiter: string): Field {
  let end = start
  for (let next = text[end]; next !== undefined && next !== delimiter; next = text[end]) {
    if (NEW_LINE.test(next)) break
    end++
  }
  return { value: text.slice(start, end), end }
}

function quoted(text: string, start: number): Field | null {
  const match = /"((?:[^"]|"")*)"/y
  match.lastIndex = start
  const found = match.exec(text)
  if (found === null) return null
  return { value: (found[1] ?? '').replaceAll('""', '"'), end: match.lastIndex }
}
