import { filterError } from '../filter/condition.ts'
import type { Identifier } from '../filter/parse.ts'

/** What a name in a filter or an order of traces means: mlflow/utils/search_utils.py, 3.17. */
export type TraceKey =
  | { readonly kind: 'number'; readonly column: string }
  | { readonly kind: 'text'; readonly column: string }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'metadata'; readonly name: string }
  | { readonly kind: 'run' }
  | { readonly kind: 'prompt' }
  | { readonly kind: 'span'; readonly column: 'name' | 'type' | 'status' | 'content' }
  | { readonly kind: 'span attribute'; readonly name: string }
  | { readonly kind: 'feedback' | 'expectation' | 'issue'; readonly name: string }

const END = 'trace.at + coalesce(trace.duration, 0)'

const ATTRIBUTES: Readonly<Record<string, TraceKey>> = {
  request_id: { kind: 'text', column: 'trace.id' },
  trace_id: { kind: 'text', column: 'trace.id' },
  client_request_id: { kind: 'text', column: 'trace.client_request_id' },
  status: { kind: 'text', column: 'trace.state' },
  timestamp: { kind: 'number', column: 'trace.at' },
  timestamp_ms: { kind: 'number', column: 'trace.at' },
  execution_time: { kind: 'number', column: 'trace.duration' },
  execution_time_ms: { kind: 'number', column: 'trace.duration' },
  end_time: { kind: 'number', column: END },
  end_time_ms: { kind: 'number', column: END },
  experiment_id: { kind: 'number', column: 'trace.experiment_id' },
  name: { kind: 'tag', name: 'mlflow.traceName' },
  run_id: { kind: 'run' },
  prompt: { kind: 'prompt' },
  text: { kind: 'span', column: 'content' },
}

/** @throws FILTER_INVALID */
export function keyOf({ entity, key }: Identifier): TraceKey {
  switch (entity) {
    case null:
    case 'attribute':
    case 'attributes':
    case 'trace':
      return attribute(key)
    case 'tag':
    case 'tags':
      return { kind: 'tag', name: key }
    case 'metadata':
    case 'request_metadata':
      return key === 'mlflow.sourceRun' ? { kind: 'run' } : { kind: 'metadata', name: key }
    case 'span':
      return spanKey(key)
    case 'feedback':
    case 'expectation':
      return { kind: entity, name: key }
    case 'issue':
      if (key === 'id') return { kind: 'issue', name: key }
      throw filterError(`Invalid issue attribute '${key}'. Supported attributes: id`)
    default:
      throw filterError(
        `Invalid entity type '${entity}'. Valid values are attribute, expectation, feedback, issue, metadata, span, tag, trace`,
      )
  }
}

function attribute(key: string): TraceKey {
  const known = Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined
  if (known !== undefined) return known
  const names = Object.keys(ATTRIBUTES).toSorted().join(', ')
  throw filterError(`Invalid attribute key '${key}' specified. Valid keys are '${names}'`)
}

function spanKey(key: string): TraceKey {
  if (key === 'name' || key === 'type' || key === 'status' || key === 'content')
    return { kind: 'span', column: key }
  const name = /^attributes\.`?(.+?)`?$/.exec(key)?.[1]
  if (name !== undefined) return { kind: 'span attribute', name }
  throw filterError(
    `Invalid span attribute '${key}'. Supported attributes: name, status, type, attributes.<attribute_name>.`,
  )
}
