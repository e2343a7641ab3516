import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { RunInfo } from '../../capabilities/tracking/index.ts'
import { historyCsvQuerySchema } from './contract.ts'
import { csvLine } from './csv.ts'
import { cutFirstLine, historyRecords } from './csv-answers.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { API_BASE } from './handle.ts'

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
): AsyncGenerator<string | Uint8Array> {
  yield csvLine(['run_id', 'run', 'metric', 'step', 'time', 'value'])
  for (const { id: runId } of runs) {
    let pageToken: string | undefined
    do {
      const asked = { runId, key, maxResults: POINTS_AT_ONCE, pageToken }
      const written = await tracking.writeAnswer(historyRecords, 'historyRows', asked)
      const { first, records } = cutFirstLine(written)
      yield records
      pageToken = first === '' ? undefined : first
    } while (pageToken !== undefined)
  }
}
