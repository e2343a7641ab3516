import { isYamlMap, type YamlValue } from '../../datasets/index.ts'
import { templateText } from '../declaration/python-text.ts'

/** What `ast.literal_eval` makes of an expression; undefined when it is no literal. */
export function pythonLiteral(text: string): YamlValue | undefined {
  try {
    const reader = new LiteralReader(text)
    return reader.whole()
  } catch (error) {
    if (error instanceof NoLiteral) return undefined
    throw error
  }
}

class NoLiteral extends Error {}

const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d[\d_]*)?/y
const STRING = /([A-Za-z]{0,2})("""|'''|"|')/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const NAMES: ReadonlyMap<string, YamlValue> = new Map<string, YamlValue>([
  ['None', null],
  ['True', true],
  ['False', false],
])

class LiteralReader {
  private readonly text: string
  private at = 0
  constructor(text: string) {
    this.text = text
  }

  whole(): YamlValue {
    const first = this.value()
    const value = this.peek() === ',' ? this.bareTuple(first) : first
    if (this.peek() !== '') throw new NoLiteral()
    return value
  }

  private bareTuple(first: YamlValue): YamlValue {
    const items = [first]
    while (this.take(',')) if (this.peek() !== '') items.push(this.value())
    return items
  }

  private value(): YamlValue {
    const char = this.peek()
    switch (char) {
      case '[':
        return this.items('[', ']').items
      case '(': {
        const { items, hasComma } = this.items('(', ')')
        return items.length === 1 && !hasComma ? (items[0] ?? null) : items
      }
      case '{':
        return this.dict()
      case '-':
      case '+':
        this.at += 1
        return signed(char, this.value())
      default:
        return this.atom()
    }
  }

  private items(open: string, close: string) {
    this.take(open)
    const items: YamlValue[] = []
    let hasComma = false
    while (!this.take(close)) {
      if (items.length > 0 && !hasComma) throw new NoLiteral()
      items.push(this.value())
      hasComma = this.take(',')
      if (!hasComma && this.peek() !== close) throw new NoLiteral()
    }
    return { items, hasComma: hasComma || items.length > 1 }
  }

  private dict(): YamlValue {
    this.take('{')
    const entries = new Map<string, YamlValue>()
    while (!this.take('}')) {
      const key = this.value()
      if (isYamlMap(key) || Array.isArray(key) || !this.take(':')) throw new NoLiteral()
      entries.set(templateText(key), this.value())
      if (!this.take(',') && this.peek() !== '}') throw new NoLiteral()
    }
    return entries
  }

  private atom(): YamlValue {
    const string = this.strings()
    if (string !== null) return string
    const number = this.match(NUMBER)
    if (number !== null && !/^[\p{L}_]/u.test(this.text.slice(this.at))) return numberValue(number)
    const name = this.match(NAME)
    const known = name === null ? undefined : NAMES.get(name)
    if (known === undefined) throw new NoLiteral()
    return known
  }

  // Texts that follow each other are one.
  private strings(): string | null {
    let joined: string | null = null
    for (;;) {
      this.peek()
      STRING.lastIndex = this.at
      const match = STRING.exec(this.text)
      if (match === null) return joined
      joined = (joined ?? '') + this.string(match[1] ?? '', match[2] ?? '"')
    }
  }

  private string(prefix: string, quote: string): string {
    // Bytes, and texts with expressions in them, are no values for dvc.lock.
    if (/[bft]/i.test(prefix)) throw new NoLiteral()
    const start = this.at + prefix.length + quote.length
    let end = start
    while (!this.text.startsWith(quote, end)) {
      end += this.text[end] === '\\' ? 2 : 1
      if (end >= this.text.length) throw new NoLiteral()
    }
    this.at = end + quote.length
    const body = this.text.slice(start, end)
    return /r/i.test(prefix) ? body : unescape(body)
  }

  /** The next character that is no space; '' at the end. */
  private peek(): string {
    while (/\s/.test(this.text[this.at] ?? 'x')) this.at += 1
    return this.text[this.at] ?? ''
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false
    this.at += 1
    return true
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? null
    if (found !== null) this.at += found.length
    return found
  }
}

function signed(sign: string, value: YamlValue): YamlValue {
  const factor = sign === '-' ? -1 : 1
  if (typeof value === 'number') return value * factor
  if (typeof value === 'bigint') return value * BigInt(factor)
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'float')
    return { type: 'float', value: value.value * factor }
  throw new NoLiteral()
}

function numberValue(text: string): YamlValue {
  const clean = text.replaceAll('_', '')
  if (/^0[xob]/i.test(clean)) return whole(BigInt(clean.toLowerCase()))
  if (/[.eE]/.test(clean)) return { type: 'float', value: Number(clean) }
  return whole(BigInt(clean))
}

function whole(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g

function unescape(body: string): string {
  return body.replace(ESCAPE, (all, ...groups: (string | undefined)[]) => {
    const [x, u, wide, octal, single] = groups
    const hex = x ?? u ?? wide
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    return single === undefined ? all : (ESCAPES[single] ?? all)
  })
}
