import { identifier, literal } from '../../storage/analytics/index.ts'
import type { CheckKind, ColumnContract, ColumnType, Contract } from './schema.ts'

/** One rule about the values of one column, as a condition that is true where the value breaks it. */
export interface Rule {
  readonly check: CheckKind
  readonly column: string
  readonly expected: string
  /** SQL over the column; never null. */
  readonly broken: string
}

/** The rules of a contract for those of its columns that are there. Nulls break only `nullable`, as in Great Expectations. */
export function rulesOf(contract: Contract, present: readonly string[]): readonly Rule[] {
  return Object.entries(contract.columns)
    .filter(([name]) => present.includes(name))
    .flatMap(([name, column]) => columnRules(name, column))
}

function columnRules(column: string, contract: ColumnContract): readonly Rule[] {
  const name = identifier(column)
  const value = typedValue(contract.type, name)
  const rules: (Rule | null)[] = [
    contract.type === 'string'
      ? null
      : { check: 'type', column, expected: contract.type, broken: `${value} is null` },
    contract.unique
      ? {
          check: 'unique',
          column,
          expected: 'unique',
          broken: `count(*) over (partition by ${name}) > 1`,
        }
      : null,
    boundRule('min', column, contract),
    boundRule('max', column, contract),
    contract.in === undefined ? null : setRule(column, contract.type, contract.in),
    contract.matches === undefined ? null : regexRule(column, contract.matches),
  ]
  const present = rules
    .filter((rule) => rule !== null)
    .map((rule) => ({ ...rule, broken: `${name} is not null and coalesce(${rule.broken}, false)` }))
  if (contract.nullable) return present
  return [
    { check: 'nullable', column, expected: 'no nulls', broken: `${name} is null` },
    ...present,
  ]
}

/** The text as its type, or null where it is not one: DuckDB alone would round 3.7 to an integer and cut a time to a date. */
export function typedValue(type: ColumnType, name: string): string {
  switch (type) {
    case 'integer':
      return `case when regexp_full_match(${name}, '\\s*[+-]?[0-9]+([.]0*)?\\s*') then try_cast(${name} as hugeint) end`
    case 'number':
      return `case when isfinite(try_cast(${name} as double)) then try_cast(${name} as double) end`
    case 'boolean':
      return `case when lower(trim(${name})) in ('true', 'false', '0', '1') then lower(trim(${name})) end`
    case 'date':
      return `case when regexp_full_match(${name}, '[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?') then try_cast(${name} as date) end`
    case 'timestamp':
      return `try_cast(${name} as timestamp)`
    case 'string':
      return name
  }
}

function boundRule(check: 'min' | 'max', column: string, contract: ColumnContract): Rule | null {
  const bound = contract[check]
  if (bound === undefined) return null
  const value = typedValue(contract.type, identifier(column))
  const limit = typedLiteral(contract.type, bound)
  const [expected, operator] = check === 'min' ? ['at least', '<'] : ['at most', '>']
  return {
    check,
    column,
    expected: `${expected} ${bound}`,
    broken: `${value} ${operator} ${limit}`,
  }
}

function setRule(
  column: string,
  type: ColumnType,
  values: readonly (string | number | boolean)[],
): Rule {
  const value = typedValue(type, identifier(column))
  const list = values.map((item) => typedLiteral(type, item)).join(', ')
  const expected = `one of ${values.map(String).join(', ')}`
  return { check: 'in', column, expected, broken: `${value} not in (${list})` }
}

function regexRule(column: string, regex: string): Rule {
  const broken = `not regexp_matches(${identifier(column)}, ${literal(regex)})`
  return { check: 'matches', column, expected: `matches ${regex}`, broken }
}

// try_cast: a member of the set that is not of the column's type equals nothing.
function typedLiteral(type: ColumnType, value: string | number | boolean): string {
  const text = literal(String(value))
  switch (type) {
    case 'integer':
    case 'number':
      return `try_cast(${text} as double)`
    case 'date':
      return `try_cast(${text} as date)`
    case 'timestamp':
      return `try_cast(${text} as timestamp)`
    case 'boolean':
    case 'string':
      return text
  }
}
