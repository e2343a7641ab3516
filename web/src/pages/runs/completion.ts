import type { RunKeys } from '../../../../src/edges/http/contract.ts'

/** What may stand at the cursor; `from` and `to` are what it replaces. */
export interface Completion {
  readonly from: number
  readonly to: number
  readonly items: readonly Suggestion[]
  /** The name whose values could be suggested: `params.model`. */
  readonly valuesOf: string | null
}

export interface Suggestion {
  readonly text: string
  readonly detail: string
}

const ATTRIBUTES: readonly Suggestion[] = [
  { text: 'status', detail: 'how it stands' },
  { text: 'run_name', detail: 'name' },
  { text: 'start_time', detail: 'ms since 1970' },
  { text: 'end_time', detail: 'ms since 1970' },
  { text: 'user_id', detail: 'who' },
  { text: 'run_id', detail: 'id' },
]
const NUMERIC = ['<', '<=', '>', '>=', '=', '!='].map((text) => ({ text, detail: 'compare' }))
const TEXTUAL: readonly Suggestion[] = [
  { text: '=', detail: 'is' },
  { text: '!=', detail: 'is not' },
  { text: 'LIKE', detail: "pattern, 'a%'" },
  { text: 'ILIKE', detail: 'pattern, any case' },
  { text: 'RLIKE', detail: 'regular expression' },
  { text: 'IN', detail: "one of ('a', 'b')" },
]
const EXISTENCE: readonly Suggestion[] = [
  { text: 'IS NULL', detail: 'the run has none' },
  { text: 'IS NOT NULL', detail: 'the run has one' },
]
const JOINERS: readonly Suggestion[] = [
  { text: 'AND', detail: 'both' },
  { text: 'OR', detail: 'either' },
]
const WHOLE: readonly Suggestion[] = [
  { text: 'NOT', detail: 'the opposite' },
  { text: 'best(', detail: 'best value of its history' },
  { text: 'min(', detail: 'least value of its history' },
  { text: 'max(', detail: 'greatest value of its history' },
]
const STATUSES = ['FINISHED', 'RUNNING', 'FAILED', 'KILLED', 'SCHEDULED']

const TOKEN =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|(?:[^\s'"`()=!<>,]*\.)?`[^`]*`?|!=|<=|>=|<|>|=|[(),]|[^\s'"`()=!<>,]+/g

interface Token {
  readonly text: string
  readonly at: number
}

const WORDS = /^(LIKE|ILIKE|RLIKE|IN|IS|NOT|NULL)$/i
const COMPARISON = /^(!=|<=|>=|<|>|=)$/

/** Reads what stands before the cursor, and says what can follow. */
export function completionAt(text: string, cursor: number, keys: RunKeys): Completion {
  const tokens = [...text.slice(0, cursor).matchAll(TOKEN)].map((match) => ({
    text: match[0],
    at: match.index,
  }))
  const last = tokens.at(-1)
  const typing =
    last !== undefined &&
    last.at + last.text.length === cursor &&
    !/^[(),]$|^['"].+['"]$/.test(last.text)
      ? last
      : undefined
  const before = typing === undefined ? tokens : tokens.slice(0, -1)
  const { items, valuesOf } = following(before, keys)
  const word = typing?.text ?? ''
  // A whole comparison that was typed is not to be completed, but what comes after it is.
  if (typing !== undefined && COMPARISON.test(word)) {
    const after = following(tokens, keys)
    return { from: cursor, to: cursor, items: after.items, valuesOf: after.valuesOf }
  }
  const lower = word.toLowerCase()
  const fitting = items.filter(({ text: one }) => one.toLowerCase().includes(lower) && one !== word)
  const begins = ({ text: one }: Suggestion) => Number(!one.toLowerCase().startsWith(lower))
  return {
    from: typing?.at ?? cursor,
    to: cursor,
    items: fitting.toSorted((a, b) => begins(a) - begins(b)).slice(0, 60),
    valuesOf,
  }
}

type Expected = 'field' | 'operator' | 'value' | 'joiner'

interface Following {
  readonly items: readonly Suggestion[]
  readonly valuesOf: string | null
}

function following(tokens: readonly Token[], keys: RunKeys): Following {
  let expected: Expected = 'field'
  let field = ''
  for (const { text } of tokens) {
    if (/^(AND|OR)$/i.test(text)) expected = 'field'
    else if (text === '(' || text === ',') continue
    else if (text === ')') expected = expected === 'operator' ? 'operator' : 'joiner'
    else if (expected === 'field' && /^(NOT|min|max|best)$/i.test(text)) continue
    else if (expected === 'field') {
      field = text
      expected = 'operator'
    } else if (COMPARISON.test(text) || /^(LIKE|ILIKE|RLIKE|IN)$/i.test(text)) expected = 'value'
    else if (/^NULL$/i.test(text)) expected = 'joiner'
    else if (!WORDS.test(text)) expected = 'joiner'
  }
  return suggested(expected, field, keys)
}

function suggested(expected: Expected, field: string, keys: RunKeys): Following {
  switch (expected) {
    case 'field':
      return { items: fields(keys), valuesOf: null }
    case 'operator':
      return { items: operators(field), valuesOf: null }
    case 'value':
      return { items: values(field), valuesOf: /^(params|tags)\./.test(field) ? field : null }
    case 'joiner':
      return { items: JOINERS, valuesOf: null }
  }
}

function fields({ metrics, params, tags }: RunKeys): readonly Suggestion[] {
  const of = (entity: string, names: readonly string[], detail: string) =>
    names.map((name) => ({ text: `${entity}.${quoted(name)}`, detail }))
  return [
    ...of('metrics', metrics, 'metric'),
    ...of('params', params, 'param'),
    ...ATTRIBUTES,
    ...of('tags', tags, 'tag'),
    ...WHOLE,
  ]
}

function quoted(name: string): string {
  return /^[\w./:-]+$/.test(name) ? name : `\`${name}\``
}

function operators(field: string): readonly Suggestion[] {
  if (/^metrics?\.|^(start|end)_time$/.test(field)) return NUMERIC
  return /^(params?|tags?)\./.test(field) ? [...TEXTUAL, ...EXISTENCE] : TEXTUAL
}

function values(field: string): readonly Suggestion[] {
  return field === 'status'
    ? STATUSES.map((status) => ({ text: `'${status}'`, detail: 'status' }))
    : []
}

/** The text with the suggestion in its place, and where the cursor then stands. */
export function applied(text: string, { from, to }: Completion, chosen: string) {
  const start = `${text.slice(0, from)}${chosen}${chosen.endsWith('(') ? '' : ' '}`
  return { text: start + text.slice(to).trimStart(), cursor: start.length }
}

/** Where in the filter the error is, as its words tell; `null` when they do not. */
export function placeOfError(detail: string, path: string | null, text: string): number | null {
  const said = /(?:position|column)\s+(\d+)/i.exec(detail)?.[1] ?? /:(\d+)$/.exec(path ?? '')?.[1]
  if (said !== undefined) return Math.min(Number(said) - 1, text.length)
  const named = /'([^']+)'/.exec(detail)?.[1]
  const at = named === undefined || named === text ? -1 : text.indexOf(named)
  return at < 0 ? null : at
}
