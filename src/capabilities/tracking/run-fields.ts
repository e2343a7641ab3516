import { filterError } from './filter/condition.ts'
import type { Aggregate, Identifier } from './filter/parse.ts'

/** What a filter or an order of runs may name. */
export type RunField =
  | { readonly kind: 'metric'; readonly key: string; readonly aggregate: Aggregate }
  | { readonly kind: 'param' | 'tag'; readonly key: string }
  | { readonly kind: 'dataset'; readonly key: 'name' | 'digest' | 'context' }
  | { readonly kind: 'attribute'; readonly column: string; readonly numeric: boolean }
  /** The run that this one is a part of, and how many are parts of this one. */
  | { readonly kind: 'parent' }
  | { readonly kind: 'children' }

const KINDS: Readonly<Record<string, 'metric' | 'param' | 'tag' | 'dataset' | 'attribute'>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  dataset: 'dataset',
  datasets: 'dataset',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
}

const ATTRIBUTES: Readonly<Record<string, { column: string; numeric: boolean }>> = {
  run_id: { column: 'id', numeric: false },
  run_name: { column: 'name', numeric: false },
  'run name': { column: 'name', numeric: false },
  user_id: { column: 'user_id', numeric: false },
  status: { column: 'status', numeric: false },
  artifact_uri: { column: 'artifact_uri', numeric: false },
  start_time: { column: 'start_time', numeric: true },
  created: { column: 'start_time', numeric: true },
  end_time: { column: 'end_time', numeric: true },
}

/** @throws FILTER_INVALID */
export function runField({ entity, key, aggregate }: Identifier): RunField {
  const kind = entity === null ? 'attribute' : KINDS[entity]
  if (kind === undefined)
    throw filterError(
      `Invalid entity type '${entity}'. Valid values are ${Object.keys(KINDS).join(', ')}`,
    )
  if (kind === 'metric') return { kind, key, aggregate: aggregate ?? 'last' }
  if (aggregate !== undefined)
    throw filterError(
      `Only metrics have a history: ${aggregate}() takes one, such as metrics.rmse.`,
    )
  if (kind === 'param' || kind === 'tag') return { kind, key }
  return kind === 'dataset' ? datasetField(key) : attributeField(key)
}

function datasetField(key: string): RunField {
  if (key === 'name' || key === 'digest' || key === 'context') return { kind: 'dataset', key }
  throw filterError(`Invalid dataset key '${key}'. Valid keys are name, digest, context`)
}

function attributeField(key: string): RunField {
  const name = key.toLowerCase()
  if (name === 'parent' || name === 'children') return { kind: name }
  const attribute = ATTRIBUTES[name]
  if (attribute !== undefined) return { kind: 'attribute', ...attribute }
  const names = [...Object.keys(ATTRIBUTES), 'parent', 'children']
  throw filterError(
    `Invalid attribute key '${key}' specified. Valid keys are '${names.join(', ')}'`,
  )
}

// Words that name what one wants little of. A name that says neither is taken for one of which more is better.
const LOWER_IS_BETTER =
  /(^|[^a-z])(loss|error|err|mae|mse|rmse|mape|smape|rmsle|wape|perplexity|latency|duration|time|cost|brier|deviance|distance|fpr|fnr|wer|cer|ece)([^a-z]|$)|loss$|error$/i

/** Which end of a metric's history is its best, by its name. */
export function lowerIsBetter(key: string): boolean {
  return LOWER_IS_BETTER.test(key)
}
