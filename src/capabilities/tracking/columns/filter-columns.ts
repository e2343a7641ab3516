import type { Filter } from '../filter/expression.ts'
import type { Clause } from '../filter/parse.ts'
import { aggregateColumn, PARENT_TAG } from '../run-conditions.ts'
import { type RunField, runField } from '../run-fields.ts'
import { type ColumnName, isAttribute } from './source.ts'

/** The columns that a filter looks at; `null` where it asks for what no column has. Its clauses were checked before. */
export function columnsOfFilter(filter: Filter): readonly ColumnName[] | null {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const all = filter.terms.map(columnsOfFilter)
      return all.some((one) => one === null) ? null : all.flatMap((one) => one ?? [])
    }
    case 'not':
      return columnsOfFilter(filter.term)
    case 'words':
      return [{ of: 'words', text: filter.text }]
    case 'clause': {
      const name = columnOfClause(filter.clause)
      return name === null ? null : [name]
    }
  }
}

/** `null` where no column has what it asks for. */
export function columnOfClause(clause: Clause): ColumnName | null {
  const field = runField(clause)
  // Whether a metric was logged at all is asked of its latest value, whatever is asked of its history.
  if (field.kind === 'metric' && clause.test === 'null')
    return { of: 'series', name: 'value', key: field.key }
  return columnOfField(field)
}

/** `null` where no column has it. */
export function columnOfField(field: RunField): ColumnName | null {
  switch (field.kind) {
    case 'metric':
      return { of: 'series', name: aggregateColumn(field.aggregate, field.key), key: field.key }
    case 'param':
    case 'tag':
      return { of: field.kind, key: field.key }
    case 'parent':
      return { of: 'tag', key: PARENT_TAG }
    case 'attribute':
      return isAttribute(field.column) ? { of: 'run', name: field.column } : null
    case 'children':
    case 'dataset':
      return null
  }
}
