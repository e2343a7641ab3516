import type { YamlValue } from '../../datasets/index.ts'

/** Thrown with the place in the text. */
export class JsonFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const STRING = /"(?:[^"\\]|\\[\s\S])*"/y
const SPACE = /[ \t\n\r]*/y
const WORDS: readonly (readonly [string, YamlValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', { type: 'float', value: Number.NaN }],
  ['Infinity', { type: 'float', value: Infinity }],
  ['-Infinity', { type: 'float', value: -Infinity }],
]
const DEEPEST = 500

/** JSON as Python reads it: `1` and `1.0` are told apart, large numbers are exact, keys keep their order. */
export function parseJsonValues(text: string): YamlValue {
  const reader = new JsonReader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class JsonReader {
  private readonly text: string
  private at = 0
  constructor(text: string) {
    this.text = text.replace(/^\uFEFF/, '')
  }

  value(depth: number): YamlValue {
    if (depth > DEEPEST) throw new JsonFault(`it is nested deeper than ${DEEPEST}`, this.at)
    this.match(SPACE)
    const char = this.text[this.at]
    if (char === '{') return this.object(depth)
    if (char === '[') return this.array(depth)
    if (char === '"') return this.string()
    const word = WORDS.find(([name]) => this.text.startsWith(name, this.at))
    if (word !== undefined) {
      this.at += word[0].length
      return word[1]
    }
    return this.number()
  }

  end(): void {
    this.match(SPACE)
    if (this.at < this.text.length) throw new JsonFault('there is more after the value', this.at)
  }

  private object(depth: number): YamlValue {
    const entries = new Map<string, YamlValue>()
    this.at += 1
    if (this.take('}')) return entries
    do {
      this.match(SPACE)
      if (this.text[this.at] !== '"')
        throw new JsonFault('expected a key in double quotes', this.at)
      const key = this.string()
      if (!this.take(':')) throw new JsonFault('expected ":"', this.at)
      entries.set(key, this.value(depth + 1))
    } while (this.take(','))
    if (!this.take('}')) throw new JsonFault('expected "," or "}"', this.at)
    return entries
  }

  private array(depth: number): YamlValue {
    const items: YamlValue[] = []
    this.at += 1
    if (this.take(']')) return items
    do items.push(this.value(depth + 1))
    while (this.take(','))
    if (!this.take(']')) throw new JsonFault('expected "," or "]"', this.at)
    return items
  }

  private string(): string {
    const start = this.at
    const literal = this.match(STRING)
    try {
      return JSON.parse(literal ?? '') as string
    } catch {
      throw new JsonFault('this text is not closed, or has a character that needs escaping', start)
    }
  }

  private number(): YamlValue {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    if (match === null) throw new JsonFault('expected a value', this.at)
    this.at += match[0].length
    if (match[1] !== undefined || match[2] !== undefined)
      return { type: 'float', value: Number(match[0]) }
    const value = Number(match[0])
    return Number.isSafeInteger(value) ? value : BigInt(match[0])
  }

  private take(char: string): boolean {
    this.match(SPACE)
    if (this.text[this.at] !== char) return false
    this.at += 1
    return true
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (match === null) return null
    this.at += match[0].length
    return match[0]
  }
}
