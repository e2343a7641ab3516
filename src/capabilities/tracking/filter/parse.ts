import { trackingErrors } from '../errors.ts'
import { type Token, tokenize } from './tokens.ts'

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE'

/** What stands before the comparison: `metrics.rmse` is entity `metrics`, key `rmse`; a bare `status` has no entity. */
export interface Identifier {
  readonly entity: string | null
  readonly key: string
}

export type Literal =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number; readonly whole: boolean }

export type Clause = Identifier &
  (
    | { readonly test: 'compare'; readonly comparator: Comparator; readonly literal: Literal }
    | { readonly test: 'in'; readonly negated: boolean; readonly texts: readonly string[] }
    | { readonly test: 'null'; readonly negated: boolean }
  )

export interface Order extends Identifier {
  readonly descending: boolean
}

/** Reads clauses joined by AND: mlflow/utils/search_utils.py, 3.17. An empty filter has no clauses. @throws FILTER_INVALID */
export function parseFilter(text: string): readonly Clause[] {
  const reader = new Reader(text)
  const clauses: Clause[] = []
  if (reader.done) return clauses
  for (;;) {
    clauses.push(readClause(reader))
    if (reader.done) return clauses
    reader.keyword('AND')
  }
}

/** Reads `metrics.rmse DESC`. @throws FILTER_INVALID */
export function parseOrder(text: string): Order {
  const reader = new Reader(text, `Invalid order_by clause '${text}'. Could not be parsed.`)
  const identifier = readIdentifier(reader)
  const direction = reader.done ? 'ASC' : reader.word().toUpperCase()
  if (direction !== 'ASC' && direction !== 'DESC')
    throw trackingErrors.FILTER_INVALID({
      detail: `Invalid ordering key in order_by clause '${text}'.`,
    })
  if (!reader.done) throw reader.failure()
  return { ...identifier, descending: direction === 'DESC' }
}

function readClause(reader: Reader): Clause {
  const identifier = readIdentifier(reader)
  const token = reader.next()
  if (token.kind === 'comparison')
    return {
      ...identifier,
      test: 'compare',
      comparator: token.text as Comparator,
      literal: readLiteral(reader),
    }
  const word = token.kind === 'word' ? token.text.toUpperCase() : ''
  switch (word) {
    case 'LIKE':
    case 'ILIKE':
      return { ...identifier, test: 'compare', comparator: word, literal: readLiteral(reader) }
    case 'IN':
      return { ...identifier, test: 'in', negated: false, texts: readList(reader) }
    case 'NOT':
      reader.keyword('IN')
      return { ...identifier, test: 'in', negated: true, texts: readList(reader) }
    case 'IS': {
      const negated = reader.tryKeyword('NOT')
      reader.keyword('NULL')
      return { ...identifier, test: 'null', negated }
    }
    default:
      throw reader.failure()
  }
}

// `metrics.loss`, `params."learning rate"`, tags.`a.b` and a quoted name alone, such as "Run Name".
function readIdentifier(reader: Reader): Identifier {
  const token = reader.next()
  if (token.kind === 'quoted' && token.quote !== "'") return { entity: null, key: token.text }
  if (token.kind !== 'word') throw reader.failure()
  const dot = token.text.indexOf('.')
  if (dot < 0) return { entity: null, key: token.text }
  const entity = token.text.slice(0, dot)
  if (dot < token.text.length - 1) return { entity, key: token.text.slice(dot + 1) }
  const key = reader.next()
  if (key.kind !== 'quoted' || key.at !== token.at + token.text.length) throw reader.failure()
  return { entity, key: key.text }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function readLiteral(reader: Reader): Literal {
  const token = reader.next()
  if (token.kind === 'quoted' && token.quote !== '`') return { kind: 'text', text: token.text }
  if (token.kind === 'word' && NUMBER.test(token.text))
    return { kind: 'number', value: Number(token.text), whole: /^[+-]?\d+$/.test(token.text) }
  if (token.kind === 'word')
    throw trackingErrors.FILTER_INVALID({
      detail: `Parameter value is either not quoted or unidentified quote types used for string value ${token.text}. Use either single or double quotes.`,
    })
  throw reader.failure()
}

function readList(reader: Reader): readonly string[] {
  reader.punctuation('(')
  const texts: string[] = []
  for (;;) {
    const literal = readLiteral(reader)
    if (literal.kind !== 'text') throw reader.failure()
    texts.push(literal.text)
    if (reader.tryPunctuation(')')) return texts
    reader.punctuation(',')
  }
}

class Reader {
  readonly #tokens: readonly Token[]
  readonly #failure: string
  #position = 0

  constructor(text: string, failure = `Invalid clause(s) in filter string: '${text}'`) {
    this.#tokens = tokenize(text)
    this.#failure = failure
  }

  get done(): boolean {
    return this.#position >= this.#tokens.length
  }

  failure(): Error {
    return trackingErrors.FILTER_INVALID({ detail: this.#failure })
  }

  next(): Token {
    const token = this.#tokens[this.#position]
    if (token === undefined) throw this.failure()
    this.#position += 1
    return token
  }

  word(): string {
    const token = this.next()
    if (token.kind !== 'word') throw this.failure()
    return token.text
  }

  keyword(word: string): void {
    if (!this.tryKeyword(word)) throw this.failure()
  }

  tryKeyword(word: string): boolean {
    return this.#take((token) => token.kind === 'word' && token.text.toUpperCase() === word)
  }

  punctuation(mark: string): void {
    if (!this.tryPunctuation(mark)) throw this.failure()
  }

  tryPunctuation(mark: string): boolean {
    return this.#take((token) => token.kind === 'punctuation' && token.text === mark)
  }

  #take(matches: (token: Token) => boolean): boolean {
    const token = this.#tokens[this.#position]
    if (token === undefined || !matches(token)) return false
    this.#position += 1
    return true
  }
}
