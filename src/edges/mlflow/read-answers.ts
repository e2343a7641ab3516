import type {
  AnswerText,
  Page,
  PointsText,
  RunMetric,
  RunText,
} from '../../capabilities/tracking/index.ts'
import { toJson } from './json.ts'
import { linksShape, listOrNothing, metricShape, runInfoShape } from './tracking-shapes.ts'

/** The answers that grow with what is asked for, written where it is read: values that are JSON already stay as they are. */

export const runPage: AnswerText<Page<RunText>> = {
  module: import.meta.url,
  name: 'runPage',
  write: ({ items, nextPageToken }) =>
    messageText([
      ['runs', items.length === 0 ? null : `[${items.map(runText).join(',')}]`],
      ['next_page_token', textOrNothing(nextPageToken)],
    ]),
}

export const historyPage: AnswerText<PointsText> = {
  module: import.meta.url,
  name: 'historyPage',
  write: ({ points, nextPageToken }) =>
    messageText([
      ['metrics', list(points)],
      ['next_page_token', textOrNothing(nextPageToken)],
    ]),
}

export const historyOfMany: AnswerText<PointsText> = {
  module: import.meta.url,
  name: 'historyOfMany',
  write: ({ points }) => messageText([['metrics', points]]),
}

export const chart: AnswerText<readonly RunMetric[]> = {
  module: import.meta.url,
  name: 'chart',
  write: (points) =>
    toJson({
      metrics: listOrNothing(
        points.map((point) => ({ ...metricShape(point), run_id: point.runId })),
      ),
    }),
}

function runText(run: RunText): string {
  const { inputs, outputs } = linksShape(run)
  return messageText([
    ['info', JSON.stringify(runInfoShape(run))],
    [
      'data',
      messageText([
        ['metrics', list(run.metrics)],
        ['params', list(run.params)],
        ['tags', list(run.tags)],
      ]),
    ],
    ['inputs', JSON.stringify(inputs)],
    ['outputs', JSON.stringify(outputs)],
  ])
}

/** Names with JSON; `null` for what is left out. */
function messageText(fields: readonly (readonly [string, string | null])[]): string {
  return `{${fields.flatMap(([name, json]) => (json === null ? [] : `"${name}":${json}`)).join(',')}}`
}

function list(json: string): string | null {
  return json === '[]' ? null : json
}

function textOrNothing(text: string | null): string | null {
  return text === null ? null : JSON.stringify(text)
}
