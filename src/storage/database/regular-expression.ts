import { type Expression, type SqlBool, sql } from 'kysely'
import type { Database } from './port.ts'

/**
 * Regular expressions in SQL. On SQLite they are RE2's, whose time grows with the text and not with what somebody
 * made of the expression; PostgreSQL has its own, which knows no exponential ones but by back reference.
 */
export function matchesExpression(
  column: Expression<unknown>,
  expression: string,
  dialect: Database['dialect'],
): Expression<SqlBool> {
  return dialect === 'sqlite'
    ? sql<SqlBool>`ratchet_matches(${expression}, ${column}) = 1`
    : sql<SqlBool>`${column} ~ ${expression}`
}

interface Compiled {
  matcher(text: string): { find(): boolean }
}

const compiled = new Map<string, Compiled>()
const REMEMBERED = 100
export const LONGEST_EXPRESSION = 1000
/** Characters times repetitions: what the compiled expression may grow to. */
const LARGEST_PROGRAM = 20_000

/** To be called before a statement uses it; why it cannot be read, or null. Loaded only by who searches so. */
export async function prepareExpression(expression: string): Promise<string | null> {
  if (expression.length > LONGEST_EXPRESSION)
    return `it has more than ${LONGEST_EXPRESSION} characters`
  if (compiled.has(expression)) return null
  const times = repetitions(expression)
  if (expression.length * times > LARGEST_PROGRAM)
    return `it repeats too much, ${times} times in all`
  const { RE2JS } = await import('re2js')
  try {
    if (compiled.size >= REMEMBERED) compiled.clear()
    compiled.set(expression, RE2JS.compile(expression))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

// Each is written out when it is compiled, with all that it repeats.
function repetitions(expression: string): number {
  const counts = [...expression.matchAll(/\{(\d+)(?:,(\d+))?/g)]
  return counts.reduce((sum, [, least, most]) => sum + Number(most ?? least), 0)
}

/** What SQLite calls. */
export function matchesPrepared(expression: unknown, text: unknown): 0 | 1 {
  const pattern = compiled.get(String(expression))
  if (pattern === undefined) throw new Error('The regular expression was not prepared.')
  return text !== null && pattern.matcher(String(text)).find() ? 1 : 0
}
