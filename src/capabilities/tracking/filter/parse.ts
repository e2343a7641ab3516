import { trackingErrors } from '../errors.ts'
import { isPunctuation, Reader } from './reader.ts'

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE' | 'RLIKE'

const AGGREGATES = ['min', 'max', 'best', 'last', 'count'] as const
/** What of a metric's history is meant; its latest value when none is named. */
export type Aggregate = (typeof AGGREGATES)[number]

/** What stands before the comparison: `metrics.rmse` is entity `metrics`, key `rmse`; a bare `status` has no entity. */
export interface Identifier {
  readonly entity: string | null
  readonly key: string
  readonly aggregate?: Aggregate
}

export type Literal =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number; readonly whole: boolean }

export type Clause = Identifier & {
  /** Where it begins in the text, from 0. */
  readonly at: number
} & (
    | { readonly test: 'compare'; readonly comparator: Comparator; readonly literal: Literal }
    | { readonly test: 'in'; readonly negated: boolean; readonly list: readonly Literal[] }
    | { readonly test: 'null'; readonly negated: boolean }
  )

export interface Order extends Identifier {
  readonly descending: boolean
}

/** Reads `metrics.rmse DESC`. @throws FILTER_INVALID */
export function parseOrder(text: string): Order {
  const reader = new Reader(text, `Invalid order_by clause '${text}'. Could not be parsed`)
  const identifier = readIdentifier(reader)
  const direction = reader.done ? 'ASC' : reader.word('ASC or DESC').toUpperCase()
  if (direction !== 'ASC' && direction !== 'DESC')
    throw trackingErrors.FILTER_INVALID({
      detail: `Invalid ordering key in order_by clause '${text}'.`,
    })
  if (!reader.done) throw reader.failure('the end')
  return { ...identifier, descending: direction === 'DESC' }
}

const COMPARISON = 'a comparison such as =, LIKE, IN or IS NULL'

/** Reads one comparison. @throws FILTER_INVALID */
export function readClause(reader: Reader): Clause {
  const { at } = reader
  const identifier = { ...readIdentifier(reader), at }
  const operatorAt = reader.at
  const token = reader.next(COMPARISON)
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
    case 'RLIKE':
      return { ...identifier, test: 'compare', comparator: word, literal: readLiteral(reader) }
    case 'IN':
      return { ...identifier, test: 'in', negated: false, list: readList(reader) }
    case 'NOT':
      reader.keyword('IN')
      return { ...identifier, test: 'in', negated: true, list: readList(reader) }
    case 'IS': {
      const negated = reader.tryKeyword('NOT')
      reader.keyword('NULL')
      return { ...identifier, test: 'null', negated }
    }
    default:
      throw reader.failure(COMPARISON, operatorAt)
  }
}

const NAME = 'a name such as metrics.rmse or status'

// `metrics.loss`, `params."learning rate"`, tags.`a.b`, min(metrics.loss), and a quoted name alone, such as "Run Name".
function readIdentifier(reader: Reader): Identifier {
  const { at } = reader
  const token = reader.next(NAME)
  if (token.kind === 'quoted' && token.quote !== "'") return { entity: null, key: token.text }
  if (token.kind !== 'word') throw reader.failure(NAME, at)
  const aggregate = AGGREGATES.find((one) => one === token.text.toLowerCase())
  if (aggregate !== undefined && isPunctuation(reader.peek(), '(')) {
    reader.punctuation('(')
    const identifier = readIdentifier(reader)
    reader.punctuation(')')
    return { ...identifier, aggregate }
  }
  const dot = token.text.indexOf('.')
  if (dot < 0) return { entity: null, key: token.text }
  const entity = token.text.slice(0, dot)
  if (dot < token.text.length - 1) return { entity, key: token.text.slice(dot + 1) }
  const keyAt = reader.at
  const key = reader.next('a quoted key')
  if (key.kind !== 'quoted' || key.at !== token.at + token.text.length)
    throw reader.failure('a quoted key', keyAt)
  return { entity, key: key.text }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const VALUE = "a number or a text such as 'ridge'"

function readLiteral(reader: Reader): Literal {
  const { at } = reader
  const token = reader.next(VALUE)
  if (token.kind === 'quoted' && token.quote !== '`') return { kind: 'text', text: token.text }
  if (token.kind === 'word' && NUMBER.test(token.text))
    return { kind: 'number', value: Number(token.text), whole: /^[+-]?\d+$/.test(token.text) }
  if (token.kind === 'word')
    throw trackingErrors.FILTER_INVALID({
      detail: `Parameter value is either not quoted or unidentified quote types used for string value ${token.text}. Use either single or double quotes. Column ${at + 1}.`,
    })
  throw reader.failure(VALUE, at)
}

function readList(reader: Reader): readonly Literal[] {
  reader.punctuation('(')
  const list: Literal[] = []
  for (;;) {
    list.push(readLiteral(reader))
    if (reader.tryPunctuation(')')) return list
    reader.punctuation(',')
  }
}
