import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { RunInfo } from '../../capabilities/tracking/index.ts'
import { historyCsvQuerySchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { API_BASE } from './handle.ts'
import { csvLine } from './run-csv.ts'
import { clientTime } from './time.ts'

type Deps = Pick<ApiDeps, 'tracking'>

const MOST_RUNS = 500
const POINTS_AT_ONCE = 5000

/** Every point of one metric of these runs as CSV, streamed: a chart shows a sample, its file does not. */
export function registerHistoryCsv(app: FastifyInstance, deps: Deps): void {
  app.get(`${API_BASE}/runs/history.csv`, async (request, reply) => {
    const { run: ids, key } = historyCsvQuerySchema.parse(request.query)
    if (ids.length > MOST_RUNS)
      throw httpErrors.REQUEST_INVALID({
        detail: `${ids.length} runs were asked for; at most ${MOST_RUNS} fit into one file.`,
        path: 'run',
      })
    // A run that is not known is an error and no file, so all are looked up before anything is sent.
    const runs = await Promise.all(ids.map((id) => deps.tracking.getRunInfo(id)))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="history.csv"')
      .send(Readable.from(csvLines(deps, runs, key)))
  })
}

async function* csvLines(
  { tracking }: Deps,
  runs: readonly RunInfo[],
  key: string,
): AsyncGenerator<string> {
  yield csvLine(['run_id', 'run', 'metric', 'step', 'time', 'value'])
  for (const { id, name } of runs) {
    let pageToken: string | undefined
    do {
      const asked = { key, maxResults: POINTS_AT_ONCE, pageToken }
      const page = await tracking.getMetricHistory(id, asked)
      yield page.items
        .map(({ step, at, value }) =>
          csvLine([id, name, key, step, clientTime(at), Number.isNaN(value) ? 'NaN' : value]),
        )
        .join('')
      pageToken = page.nextPageToken ?? undefined
    } while (pageToken !== undefined)
  }
}
