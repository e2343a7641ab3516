import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { prepareExpression } from '../../storage/database/regular-expression.ts'
import { type Dialect, filterError, numberCondition } from './filter/condition.ts'
import {
  atClause,
  clausesOf,
  type Filter,
  filterCondition,
  parseExpression,
} from './filter/expression.ts'
import type { Clause } from './filter/parse.ts'
import {
  keyNumber,
  PARENT_KEY,
  PARENT_TAG,
  runCondition,
  valueTable,
  wordsCondition,
} from './run-conditions.ts'
import { type RunField, runField } from './run-fields.ts'

/** A filter of runs, ready to be asked. All of `where` holds for what it finds. */
export interface RunFilter {
  readonly filter: Filter
  readonly where: readonly Expression<SqlBool>[]
  /** Terms of which an index tells the runs; where one has few, they are the ones to look at. On SQLite: their parent. */
  readonly narrow: readonly Narrowing[]
}

export interface Narrowing {
  readonly column: 'run.id' | 'run.seq'
  readonly select: RawBuilder<unknown>
}

/** @throws FILTER_INVALID */
export function readRunFilter(
  text: string,
  dialect: Dialect,
  experiments: readonly number[],
): Promise<RunFilter> {
  return prepareRunFilter(parseExpression(text), dialect, experiments)
}

/** @throws FILTER_INVALID */
export async function prepareRunFilter(
  filter: Filter,
  dialect: Dialect,
  experiments: readonly number[],
): Promise<RunFilter> {
  for (const clause of clausesOf(filter)) await prepareClause(clause, dialect)
  const terms = filter.kind === 'and' ? filter.terms : [filter]
  const conditions = {
    ofClause: (clause: Clause) => runCondition(clause, dialect),
    ofWords: (words: string) => wordsCondition(words, dialect),
  }
  return {
    filter,
    where: terms.map((term) => filterCondition(term, conditions)),
    narrow: terms.flatMap((term) => narrowing(term, experiments, dialect)),
  }
}

async function prepareClause(clause: Clause, dialect: Dialect): Promise<void> {
  if (clause.test !== 'compare' || clause.comparator !== 'RLIKE') return
  if (clause.literal.kind !== 'text') return
  const fault = dialect === 'sqlite' ? await prepareExpression(clause.literal.text) : null
  if (fault !== null)
    atClause(clause, () => {
      throw filterError(`The regular expression cannot be read: ${fault}.`)
    })
}

function narrowing(
  term: Filter,
  experiments: readonly number[],
  dialect: Dialect,
): readonly Narrowing[] {
  if (term.kind !== 'clause') return []
  const { clause } = term
  const field = runField(clause)
  if (dialect === 'sqlite' && !isParent(field)) return []
  if (field.kind === 'metric' && field.aggregate === 'last' && clause.test === 'compare') {
    const value = numberCondition(sql.ref('one.value'), clause)
    const select = sql`select one.run from tracking_series as one
      where one.experiment in (${sql.join(experiments)}) and one.key = ${keyNumber(clause.key)}
        and one.is_nan = 0 and ${value}`
    return clause.comparator === '!=' ? [] : [{ column: 'run.seq', select }]
  }
  if (clause.test !== 'compare' || clause.comparator !== '=') return []
  if (clause.literal.kind !== 'text') return []
  const { text } = clause.literal
  if (isParent(field)) return [{ column: 'run.id', select: havingValue('tag', PARENT_KEY, text) }]
  return field.kind === 'param' || field.kind === 'tag'
    ? [{ column: 'run.id', select: havingValue(field.kind, clause.key, text) }]
    : []
}

function isParent(field: RunField): boolean {
  return field.kind === 'parent' || (field.kind === 'tag' && field.key === PARENT_TAG)
}

function havingValue(
  kind: 'param' | 'tag',
  key: string | RawBuilder<unknown>,
  text: string,
): RawBuilder<unknown> {
  return sql`select one.run_id from ${valueTable(kind)} as one
    where one.key = ${key} and substr(one.value, 1, 40) = substr(${text}, 1, 40) and one.value = ${text}`
}
