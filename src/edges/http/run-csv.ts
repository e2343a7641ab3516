import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { RunWindow } from '../../capabilities/tracking/index.ts'
import { runTableQuerySchema } from './contract.ts'
import { csvLine } from './csv.ts'
import { cutFirstLine, runRecords } from './csv-answers.ts'
import type { ApiDeps } from './deps.ts'
import { API_BASE } from './handle.ts'
import { toWindow } from './run-table.ts'

type Deps = Pick<ApiDeps, 'tracking'>

const ROWS_AT_ONCE = 1000

/** The whole table as CSV (RFC 4180), streamed: it does not matter how long it is. */
export function registerRunCsv(app: FastifyInstance, deps: Deps): void {
  app.get(`${API_BASE}/runs.csv`, async (request, reply) => {
    const asked = runTableQuerySchema.parse(request.query)
    const search = toWindow(asked)
    // The first part is read before anything is sent, so that a filter that cannot be read is an error and no file.
    const first = await readPart(deps, search, 0)
    const lines = csvLines(deps, search, { names: asked.columns ?? [], first })
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="runs.csv"')
      .send(Readable.from(lines))
  })
}

type Part = ReturnType<typeof cutFirstLine>

async function readPart({ tracking }: Deps, search: RunWindow, offset: number): Promise<Part> {
  const asked = { ...search, limit: ROWS_AT_ONCE, offset }
  return cutFirstLine(await tracking.writeAnswer(runRecords, 'readRunWindow', asked))
}

interface Beginning {
  readonly names: readonly string[]
  readonly first: Part
}

async function* csvLines(
  deps: Deps,
  search: RunWindow,
  { names, first }: Beginning,
): AsyncGenerator<string | Uint8Array> {
  const head = ['run_id', 'name', 'status', 'user', 'started_at', 'ended_at', 'experiment_id']
  yield csvLine([...head, ...names])
  let part = first
  for (let offset = ROWS_AT_ONCE; ; offset += ROWS_AT_ONCE) {
    yield part.records
    if (Number(part.first) < ROWS_AT_ONCE) return
    part = await readPart(deps, search, offset)
  }
}
