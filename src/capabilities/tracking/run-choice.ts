import { type Expression, type SqlBool, sql } from 'kysely'
import type { SearchDeps } from './deps.ts'
import { type Filter, parseExpression } from './filter/expression.ts'
import type { Identifier } from './filter/parse.ts'
import type { RunPlan } from './ordered-runs.ts'
import type { RunColumn } from './run-columns.ts'
import { prepareRunFilter, type RunFilter } from './run-filter.ts'
import type { LifecycleView } from './schema.ts'
import { numbersOf, viewCondition } from './search-runs.ts'

/** Which runs a table is about. */
export interface RunChoice {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly view?: LifecycleView | undefined
  /** Only the children of this run; `none` for runs that have no parent. */
  readonly parent?: string | undefined
  /** Only the runs of one group; `null` for those without the value. */
  readonly group?: { readonly column: RunColumn; readonly value: string | null } | undefined
}

export type ChosenRuns = Omit<RunPlan, 'orders'> & RunFilter & { readonly view: LifecycleView }

/** `null` when no run can match. @throws FILTER_INVALID */
export async function chooseRuns(
  { database: { dialect } }: Pick<SearchDeps, 'database'>,
  choice: RunChoice,
): Promise<ChosenRuns | null> {
  const experiments = numbersOf(choice.experimentIds)
  const filter = await prepareRunFilter(filterOf(choice), dialect, experiments)
  if (experiments.length === 0) return null
  const view = choice.view ?? 'active'
  const where = [...viewCondition(view), ...filter.where]
  return { ...filter, dialect, experiments, view, where }
}

export function conditionsOf({ experiments, where }: ChosenRuns): readonly Expression<SqlBool>[] {
  return [sql<SqlBool>`run.experiment_id in (${sql.join(experiments)})`, ...where]
}

// Parent and group are clauses as a filter has them, so whatever finds runs by a filter finds them too.
function filterOf({ filter = '', parent, group }: RunChoice): Filter {
  const asked = parseExpression(filter)
  const terms = [
    ...(asked.kind === 'and' ? asked.terms : [asked]),
    ...(parent === undefined ? [] : [hasText(PARENT, parent === 'none' ? null : parent)]),
    ...(group === undefined ? [] : [hasText(identifierOf(group.column), group.value)]),
  ]
  return { kind: 'and', terms }
}

const PARENT: Identifier = { entity: null, key: 'parent' }

function identifierOf({ kind, key }: RunColumn): Identifier {
  return { entity: kind === 'tag' ? 'tag' : 'param', key }
}

function hasText(identifier: Identifier, text: string | null): Filter {
  const where = { ...identifier, at: 0 }
  return {
    kind: 'clause',
    clause:
      text === null
        ? { ...where, test: 'null', negated: false }
        : { ...where, test: 'compare', comparator: '=', literal: { kind: 'text', text } },
  }
}
