import type { ModelVersion, ModelWithLatest } from '../../capabilities/registry/index.ts'
import type {
  AnswerText,
  LoggedModel,
  Page,
  PointsText,
  RunMetric,
  RunText,
  TraceInfo,
} from '../../capabilities/tracking/index.ts'
import { toJson } from './json.ts'
import { modelShape, versionShape } from './registry-shapes.ts'
import { oldTraceInfoShape, traceInfoShape } from './trace-shapes.ts'
import {
  linksShape,
  listOrNothing,
  loggedModelShape,
  metricShape,
  runInfoShape,
} from './tracking-shapes.ts'

/** The answers that grow with what is asked for, written where it is read: values that are JSON already stay as they are. */

export const runPage: AnswerText<Page<RunText>> = {
  module: import.meta.url,
  name: 'runPage',
  write: ({ items, nextPageToken }) => {
    if (items.length === 0) return ['{}']
    const runs = items.map((run, index) => `${index === 0 ? '' : ','}${runText(run)}`)
    return ['{"runs":[', ...runs, `]${tokenText(nextPageToken)}}`]
  },
}

export const historyPage: AnswerText<PointsText> = {
  module: import.meta.url,
  name: 'historyPage',
  write: ({ count, points, nextPageToken }) => {
    if (count === 0) return ['{}']
    return ['{"metrics":', ...points, `${tokenText(nextPageToken)}}`]
  },
}

export const historyOfMany: AnswerText<PointsText> = {
  module: import.meta.url,
  name: 'historyOfMany',
  write: ({ points }) => ['{"metrics":', ...points, '}'],
}

export const chart: AnswerText<readonly RunMetric[]> = {
  module: import.meta.url,
  name: 'chart',
  write: (points) => [
    toJson({
      metrics: listOrNothing(
        points.map((point) => ({ ...metricShape(point), run_id: point.runId })),
      ),
    }),
  ],
}

export const tracePage = pageText<TraceInfo>('tracePage', 'traces', traceInfoShape)
export const oldTracePage = pageText<TraceInfo>('oldTracePage', 'traces', oldTraceInfoShape)
export const loggedModelPage = pageText<LoggedModel>('loggedModelPage', 'models', loggedModelShape)
export const modelPage = pageText<ModelWithLatest>('modelPage', 'registered_models', (model) =>
  modelShape(model, model.latest),
)
export const versionPage = pageText<ModelVersion>('versionPage', 'model_versions', versionShape)

function pageText<T>(name: string, list: string, shape: (item: T) => object): AnswerText<Page<T>> {
  return {
    module: import.meta.url,
    name,
    write: ({ items, nextPageToken }) => [
      toJson({
        [list]: listOrNothing(items.map(shape)),
        next_page_token: nextPageToken ?? undefined,
      }),
    ],
  }
}

export function runAnswer(run: RunText): string {
  return `{"run":${runText(run)}}`
}

// What is empty is left out of `data`, as MLflow does.
function runText(run: RunText): string {
  const { inputs, outputs } = linksShape(run)
  const data = (['metrics', 'params', 'tags'] as const)
    .filter((name) => run[name] !== '[]')
    .map((name) => `"${name}":${run[name]}`)
  return `{"info":${JSON.stringify(runInfoShape(run))},"data":{${data.join(',')}},"inputs":${JSON.stringify(inputs)},"outputs":${JSON.stringify(outputs)}}`
}

function tokenText(token: string | null): string {
  return token === null ? '' : `,"next_page_token":${JSON.stringify(token)}`
}
