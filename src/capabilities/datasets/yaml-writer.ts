import { textStyle } from './yaml-scalars.ts'

const WIDTH = 80
const BREAKS = '\n\u0085\u2028\u2029'

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

/** Where the text of one scalar goes: how far lines are indented when it folds, and whether it may. */
export interface ScalarPlace {
  readonly indent: number
  /** Keys do not fold. */
  readonly split: boolean
}

/**
 * The scalar writers of ruamel.yaml 0.19 (emitter.py), followed step by step, because dvc.lock is compared
 * byte by byte and folds at 80 columns in each of three ways.
 */
export class YamlWriter {
  text = ''
  column = 0

  write(data: string): void {
    this.text += data
    this.column += [...data].length
  }

  newLine(indent: number): void {
    this.text += `\n${' '.repeat(indent)}`
    this.column = indent
  }

  scalar(value: string, place: ScalarPlace): void {
    switch (textStyle(value)) {
      case 'plain':
        return this.plain(value, place)
      case 'single':
        return this.single(value, place)
      case 'double':
        return this.double(value, place)
    }
  }

  /** Words and single spaces; a word that would pass the width takes a line of its own. */
  plain(value: string, { indent, split }: ScalarPlace): void {
    for (const part of value.match(/ +|[^ ]+/g) ?? []) {
      if (part.startsWith(' ')) {
        if (part.length === 1 && this.column >= WIDTH && split) this.newLine(indent)
        else this.write(part)
      } else {
        if ([...part].length + this.column > WIDTH && this.column > indent) this.newLine(indent)
        this.write(part)
      }
    }
  }

  single(value: string, { indent, split }: ScalarPlace): void {
    this.write("'")
    const parts = value.match(/ +|[\n\u0085\u2028\u2029]+|[^ \n\u0085\u2028\u2029]+/g) ?? []
    for (const [index, part] of parts.entries()) {
      const inner = index > 0 && index < parts.length - 1
      if (part === ' ' && this.column > WIDTH && split && inner) this.newLine(indent)
      else if (BREAKS.includes(part[0] ?? 'x')) this.breaks(part, indent)
      else this.write(part.replaceAll("'", "''"))
    }
    this.write("'")
  }

  private breaks(part: string, indent: number): void {
    this.text += part.startsWith('\n') ? `\n${part}` : part
    this.text += ' '.repeat(indent)
    this.column = indent
  }

  double(value: string, { indent, split }: ScalarPlace): void {
    const text = [...value]
    this.write('"')
    let start = 0
    for (let end = 0; end <= text.length; end++) {
      const ch = text[end]
      if (ch === undefined || needsEscape(ch)) {
        this.write(text.slice(start, end).join(''))
        start = end
        if (ch !== undefined) {
          this.write(escape(ch))
          start = end + 1
        }
      }
      const candidate = end > 0 && end < text.length - 1 && (ch === ' ' || start >= end)
      if (!candidate || !split || this.column + (end - start) <= WIDTH) continue
      start = this.foldDouble(text, { start, end, indent })
    }
    this.write('"')
  }

  // A folded line break reads as one space; where that would be wrong the line ends in a backslash.
  private foldDouble(
    text: readonly string[],
    { start, end, indent }: { start: number; end: number; indent: number },
  ): number {
    const backslash = foldNeedsBackslash(text, start, end)
    this.write(text.slice(start, end).join('') + (backslash ? '\\' : ''))
    const rest = Math.max(start, end)
    this.newLine(indent)
    if (text[rest] !== ' ') return rest
    if (!backslash) return rest + 1
    this.write('\\')
    return rest
  }
}

function foldNeedsBackslash(text: readonly string[], start: number, end: number): boolean {
  let space = text.indexOf(' ', end)
  if (space < 0) return true
  const line = text.slice(end, space).indexOf('\n')
  if (line >= 0) space = end + line
  const next = text[space + 1]
  if (next === undefined) return true
  if (text[space] === '\n' && next !== ' ') return true
  const until = text.slice(end, space)
  const quoted = until.includes('"') || until.includes("'")
  const doubled = text[end - 1] === ' ' && text[end] === ' '
  return quoted || next === ' ' || next === '\n' || doubled || start === end
}

function needsEscape(ch: string): boolean {
  if ('"\\\u0085\u2028\u2029\uFEFF'.includes(ch)) return true
  if (ch >= ' ' && ch <= '~') return false
  const code = ch.codePointAt(0) ?? 0
  const printable = (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd)
  return !printable && code < 0x10000
}

function escape(ch: string): string {
  const short = ESCAPES[ch]
  if (short !== undefined) return `\\${short}`
  const hex = (ch.codePointAt(0) ?? 0).toString(16).toUpperCase()
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
