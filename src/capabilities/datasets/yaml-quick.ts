import { plainValue, type YamlValue } from './yaml-values.ts'

/**
 * Reads the plain part of YAML that DVC writes and most people do: blocks, single values on one line or folded,
 * short lists in brackets. Anything else is left to the real parser, which takes ten times as long to load and run.
 * Returns undefined where it does not know for sure.
 */
export function quickYaml(text: string): YamlValue | undefined {
  try {
    return new QuickReader(text).document()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

class NotPlain extends Error {}

interface Line {
  indent: number
  text: string
  /** A line was left out before it: nothing can be folded over that. */
  readonly afterGap: boolean
}

// A value that starts like this, or a key with such characters, needs the real parser.
const SPECIAL = /^[-?:,[\]{}#&*!|>'"%@`=~<]/
const KEY = /^([\p{L}\p{N}_./$+][^:#'"[\]{},&*!|>%@`\t\\]*):(?: +(.*))?$/u
const QUICK_KEY = /^([\w./][\w ./@+-]*):(?: +(.*))?$/
const WORD = /^[\p{L}\p{N}_./+-][\p{L}\p{N}_ ./+-]*$/u
const DEEPEST = 60

class QuickReader {
  private readonly lines: Line[] = []
  private at = 0
  constructor(text: string) {
    if (/[\t\r\u0085\u2028\u2029\uFEFF]/.test(text)) throw new NotPlain()
    let afterGap = false
    for (const raw of text.split('\n')) {
      const body = raw.trim()
      if (body === '' || body.startsWith('#')) {
        afterGap = true
        continue
      }
      if (/^(?:---|\.\.\.|%)/.test(raw)) throw new NotPlain()
      const indent = raw.length - raw.trimStart().length
      this.lines.push({ indent, text: body, afterGap })
      afterGap = false
    }
  }

  document(): YamlValue {
    const [first] = this.lines
    if (first === undefined) return null
    if (first.indent !== 0) throw new NotPlain()
    const value = this.block(0, 0)
    if (this.at < this.lines.length) throw new NotPlain()
    return value
  }

  private block(indent: number, depth: number): YamlValue {
    if (depth > DEEPEST) throw new NotPlain()
    return this.isItem(this.lines[this.at]) ? this.list(indent, depth) : this.map(indent, depth)
  }

  private isItem(line: Line | undefined): boolean {
    return line !== undefined && (line.text === '-' || line.text.startsWith('- '))
  }

  private map(indent: number, depth: number): YamlValue {
    const entries = new Map<string, YamlValue>()
    for (let line = this.lines[this.at]; line?.indent === indent; line = this.lines[this.at]) {
      const match = QUICK_KEY.exec(line.text) ?? KEY.exec(line.text)
      const key = match?.[1]?.trimEnd()
      if (key === undefined || this.isItem(line) || entries.has(key)) throw new NotPlain()
      this.at += 1
      const rest = match?.[2] ?? ''
      entries.set(key, rest === '' ? this.below(indent, depth) : this.scalar(rest, indent))
    }
    this.refuseDeeper(indent)
    return entries
  }

  // What follows "key:" on lines of its own. A list may stand at the key's own column.
  private below(indent: number, depth: number): YamlValue {
    const next = this.lines[this.at]
    if (next === undefined || next.indent < indent) return null
    if (next.indent > indent) {
      // A text that starts on the next line is no block.
      if (!this.isItem(next) && !QUICK_KEY.test(next.text) && !KEY.test(next.text))
        throw new NotPlain()
      return this.block(next.indent, depth + 1)
    }
    return this.isItem(next) ? this.list(indent, depth + 1) : null
  }

  private list(indent: number, depth: number): YamlValue {
    const items: YamlValue[] = []
    for (
      let line = this.lines[this.at];
      line?.indent === indent && this.isItem(line);
      line = this.lines[this.at]
    ) {
      const rest = line.text.slice(1).trimStart()
      if (rest === '') {
        this.at += 1
        const next = this.lines[this.at]
        items.push(
          next !== undefined && next.indent > indent ? this.block(next.indent, depth + 1) : null,
        )
      } else if (this.isItem({ ...line, text: rest }) || QUICK_KEY.test(rest) || KEY.test(rest)) {
        // The rest of the line is the first of a block that begins at its own column.
        line.indent += line.text.length - rest.length
        line.text = rest
        items.push(this.block(line.indent, depth + 1))
      } else {
        this.at += 1
        items.push(this.scalar(rest, indent))
      }
    }
    this.refuseDeeper(indent)
    return items
  }

  private refuseDeeper(indent: number): void {
    const next = this.lines[this.at]
    if (next !== undefined && next.indent > indent) throw new NotPlain()
  }

  private scalar(text: string, indent: number): YamlValue {
    const isFolded = (this.lines[this.at]?.indent ?? -1) > indent
    if (SPECIAL.test(text) && !/^-(?:[\d.]|-?[a-z])/i.test(text) && !/^=\w/.test(text)) {
      if (isFolded) throw new NotPlain()
      return special(text)
    }
    if (/: |:$| #/.test(text)) throw new NotPlain()
    return isFolded ? this.folded(text, indent) : plainValue(text)
  }

  // Lines that are indented further go on with the text; each break is a space.
  private folded(first: string, indent: number): YamlValue {
    const parts = [first]
    for (
      let line = this.lines[this.at];
      (line?.indent ?? -1) > indent;
      line = this.lines[this.at]
    ) {
      if (line === undefined || line.afterGap || /: |:$| #|^#|^[-?] |^[-?]$/.test(line.text))
        throw new NotPlain()
      parts.push(line.text)
      this.at += 1
    }
    return plainValue(parts.join(' '))
  }
}

function special(text: string): YamlValue {
  const single = /^'((?:[^']|'')*)'$/.exec(text)
  if (single?.[1] !== undefined) return single[1].replaceAll("''", "'")
  const double = /^"([^"\\]*)"$/.exec(text)
  if (double?.[1] !== undefined) return double[1]
  if (text === '[]') return []
  if (text === '{}') return new Map()
  const list = /^\[([^[\]{}'"#]*)\]$/.exec(text)?.[1]
  if (list === undefined) throw new NotPlain()
  return list.split(',').map((item) => {
    const word = item.trim()
    if (!WORD.test(word) || / -$|^-$/.test(word)) throw new NotPlain()
    return plainValue(word)
  })
}
