import type { Json } from '../../base/json.ts'
import { ProtocolError } from './errors.ts'

const SEE_DOCS = ' See the API docs for more information about request parameters.'
/** Numbers that JSON has no words for: protobuf's JSON writes them as texts. */
const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

type Message = Readonly<Record<string, unknown>>

/**
 * The fields of one message of a request, read as MLflow's server reads them: in snake_case or camelCase, numbers
 * also as text, unknown fields ignored, an empty text as missing where a value is required.
 * Wrong fields fail as INVALID_PARAMETER_VALUE with MLflow's wording (server/handlers.py, 3.17).
 */
export class Fields {
  readonly #message: Message
  readonly #path: string
  readonly #text: string

  /** `text` is the JSON that the message was in: errors quote numbers as they were written. */
  constructor(message: Message, path = '', text = '') {
    this.#message = message
    this.#path = path
    this.#text = text
  }

  has(name: string): boolean {
    return this.#raw(name) !== undefined
  }

  text(name: string): string | undefined {
    const value = this.#raw(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.#wrong(name)
  }

  /** For fields where MLflow takes an empty text for none. */
  filledText(name: string): string | undefined {
    const value = this.text(name)
    return value === '' ? undefined : value
  }

  requiredText(name: string): string {
    return this.#required(name, this.text(name))
  }

  number(name: string): number | undefined {
    const value = this.#raw(name)
    if (value === undefined) return undefined
    const parsed = toNumber(value)
    if (parsed === undefined) throw this.#wrong(name)
    return parsed
  }

  requiredNumber(name: string): number {
    return this.#required(name, this.number(name))
  }

  whole(name: string): number | undefined {
    const value = this.number(name)
    // A whole number that would be stored as another one is refused.
    if (value === undefined || Number.isSafeInteger(value)) return value
    throw this.#wrong(name)
  }

  requiredWhole(name: string): number {
    return this.#required(name, this.whole(name))
  }

  flag(name: string): boolean {
    const value = this.#raw(name)
    if (value === undefined) return false
    if (typeof value === 'boolean') return value
    // Python writes them with a capital in queries.
    const text = typeof value === 'string' ? value.toLowerCase() : ''
    if (text === 'true' || text === 'false') return text === 'true'
    throw this.#wrong(name)
  }

  texts(name: string): readonly string[] {
    const value = this.#raw(name)
    // A repeated field that occurs once in a query is a single text.
    const items = typeof value === 'string' ? [value] : this.#list(name)
    if (items.every((item) => typeof item === 'string')) return items
    throw this.#wrong(name)
  }

  requiredTexts(name: string): readonly string[] {
    return this.#required(name, this.has(name) ? this.texts(name) : undefined)
  }

  /** A map of texts: an object. */
  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.#raw(name) ?? {}
    if (!isRecord(value)) throw this.#wrong(name)
    const texts = Object.entries(value).map(([key, item]) => {
      if (typeof item !== 'string') throw this.#wrong(name)
      return [key, item] as const
    })
    return Object.fromEntries(texts)
  }

  /** Any JSON; `undefined` when it is left out. */
  json(name: string): Json | undefined {
    return (this.#message[name] ?? this.#message[camelCase(name)]) as Json | undefined
  }

  message(name: string): Fields | undefined {
    const value = this.#raw(name)
    if (value === undefined) return undefined
    if (!isRecord(value)) throw this.#wrong(name)
    return new Fields(value, `${this.#path}${name}.`, this.#text)
  }

  messages(name: string): readonly Fields[] {
    return this.#list(name).map((item, index) => {
      if (!isRecord(item)) throw this.#wrong(name)
      return new Fields(item, `${this.#path}${name}[${index}].`, this.#text)
    })
  }

  /** One of an enumeration, by name or by number (from 1). */
  oneOf<T>(name: string, names: Readonly<Record<string, T>>, numbers: readonly T[]): T | undefined {
    const value = this.#raw(name)
    if (value === undefined) return undefined
    const named =
      typeof value === 'string' && Object.hasOwn(names, value) ? names[value] : undefined
    const found = named ?? numbers[(toNumber(value) ?? 0) - 1]
    if (found === undefined) throw this.#wrong(name)
    return found
  }

  requiredOneOf<T>(name: string, names: Readonly<Record<string, T>>, numbers: readonly T[]): T {
    return this.#required(name, this.oneOf(name, names, numbers))
  }

  #raw(name: string): unknown {
    return this.#message[name] ?? this.#message[camelCase(name)] ?? undefined
  }

  #list(name: string): readonly unknown[] {
    const value = this.#raw(name)
    if (value === undefined) return []
    if (Array.isArray(value)) return value
    throw this.#wrong(name)
  }

  #required<T>(name: string, value: T | undefined): T {
    if (value !== undefined && this.#raw(name) !== '') return value
    throw new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      `Missing value for required parameter '${this.#path}${name}'.${SEE_DOCS}`,
    )
  }

  #wrong(name: string): ProtocolError {
    return new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${this.#written(name)} for parameter '${this.#path}${name}' supplied.${SEE_DOCS}`,
    )
  }

  // JSON.parse makes 9 of 9.0; Python, whose wording this is, does not.
  #written(name: string): string {
    const value = this.#raw(name)
    if (typeof value !== 'number' || this.#text === '') return quoted(value)
    return numberAsWritten(this.#text, value) ?? quoted(value)
  }
}

const MOST_QUOTED = 2000

// What is nested too deep to be written is not quoted, and of much only the beginning.
function quoted(value: unknown): string {
  try {
    const text = JSON.stringify(value)
    return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text
  } catch {
    return 'of too many levels'
  }
}

function numberAsWritten(text: string, wanted: number): string | undefined {
  let written: string | undefined
  const look = (_key: string, value: unknown, context: { readonly source?: string }): unknown => {
    if (value === wanted) written ??= context.source
    return value
  }
  JSON.parse(text, look as Parameters<typeof JSON.parse>[1])
  return written
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const parsed = SPECIAL[value] ?? Number(value)
  return Number.isNaN(parsed) && value !== 'NaN' ? undefined : parsed
}

// The names are those of the protocol, so there are few, and they are asked for a thousand times in one batch.
const camelCased = new Map<string, string>()

function camelCase(name: string): string {
  const known = camelCased.get(name)
  if (known !== undefined) return known
  const made = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  camelCased.set(name, made)
  return made
}

export function isRecord(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
