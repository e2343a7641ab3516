import type { Run } from '../../src/capabilities/tracking/index.ts'

/** A filter as a tree of plain conditions: what the language's text is made of here, and what a loop holds runs to. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | {
      readonly kind: 'metric'
      readonly key: string
      readonly aggregate: 'last' | 'min' | 'max' | null
      readonly comparator: string
      readonly value: number
    }
  | {
      readonly kind: 'param'
      readonly key: string
      readonly comparator: string
      readonly value: string
    }
  | {
      readonly kind: 'list'
      readonly key: string
      readonly negated: boolean
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'missing'
      readonly entity: 'params' | 'metrics'
      readonly key: string
      readonly negated: boolean
    }
  | { readonly kind: 'started'; readonly comparator: string; readonly value: number }
  | { readonly kind: 'words'; readonly text: string }

export interface Looked {
  readonly run: Run
  /** The values of each metric in the order in which they were logged, by `<run id> <key>`. */
  readonly history: ReadonlyMap<string, readonly number[]>
}

export function textOf(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.terms.map(textOf).join(` ${condition.kind} `)})`
    case 'not':
      return `NOT ${textOf(condition.term)}`
    case 'metric': {
      const name = `metrics.${condition.key}`
      const of = condition.aggregate === null ? name : `${condition.aggregate}(${name})`
      return `${of} ${condition.comparator} ${condition.value}`
    }
    case 'param':
      return `params.${condition.key} ${condition.comparator} '${condition.value}'`
    case 'list': {
      const list = condition.values.map((value) => `'${value}'`).join(', ')
      return `params.${condition.key} ${condition.negated ? 'NOT IN' : 'IN'} (${list})`
    }
    case 'missing':
      return `${condition.entity}.${condition.key} IS ${condition.negated ? 'NOT ' : ''}NULL`
    case 'started':
      return `start_time ${condition.comparator} ${condition.value}`
    case 'words':
      return `'${condition.text}'`
  }
}

export function matches(condition: Condition, looked: Looked): boolean {
  const { run } = looked
  switch (condition.kind) {
    case 'and':
      return condition.terms.every((term) => matches(term, looked))
    case 'or':
      return condition.terms.some((term) => matches(term, looked))
    case 'not':
      return !matches(condition.term, looked)
    case 'metric':
      return compares(valueOf(condition, looked), condition.comparator, condition.value)
    case 'param':
      return textMatches(run.params[condition.key], condition.comparator, condition.value)
    case 'list': {
      const value = run.params[condition.key]
      return value !== undefined && condition.values.includes(value) !== condition.negated
    }
    case 'missing': {
      const has =
        condition.entity === 'params'
          ? run.params[condition.key] !== undefined
          : run.metrics.some(({ key }) => key === condition.key)
      return has === condition.negated
    }
    case 'started':
      return compares(run.startTime, condition.comparator, condition.value)
    case 'words': {
      const texts = [run.name, ...Object.values(run.params), ...Object.values(run.tags)]
      return texts.some((text) => text.toLowerCase().includes(condition.text.toLowerCase()))
    }
  }
}

function valueOf(
  { key, aggregate }: Extract<Condition, { kind: 'metric' }>,
  { run, history }: Looked,
): number | undefined {
  const values = history.get(`${run.id} ${key}`) ?? []
  if (aggregate === null || aggregate === 'last') return values.at(-1)
  const real = values.filter((value) => !Number.isNaN(value))
  if (real.length === 0) return undefined
  return aggregate === 'min' ? Math.min(...real) : Math.max(...real)
}

function compares(value: number | undefined, comparator: string, other: number): boolean {
  if (value === undefined || Number.isNaN(value)) return false
  const holds: Readonly<Record<string, boolean>> = {
    '=': value === other,
    '!=': value !== other,
    '<': value < other,
    '<=': value <= other,
    '>': value > other,
    '>=': value >= other,
  }
  return holds[comparator] === true
}

function textMatches(value: string | undefined, comparator: string, other: string): boolean {
  if (value === undefined) return false
  if (comparator === '=') return value === other
  if (comparator === '!=') return value !== other
  const special = /[.*+?^${}()|[\]\\]/g
  const pattern = other.replaceAll(special, (mark) => `\\${mark}`)
  const wild = pattern.replaceAll('%', '.*').replaceAll('_', '.')
  return new RegExp(`^${wild}$`, comparator === 'ILIKE' ? 'is' : 's').test(value)
}
