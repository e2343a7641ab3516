import type { Filter } from '../filter/expression.ts'
import type { Clause } from '../filter/parse.ts'
import { aggregateColumn, PARENT_TAG } from '../run-conditions.ts'
import { runField } from '../run-fields.ts'
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
  switch (field.kind) {
    case 'metric': {
      const name = clause.test === 'null' ? 'value' : aggregateColumn(field.aggregate, field.key)
      return { of: 'series', name, key: field.key }
    }
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
