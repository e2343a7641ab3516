import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { RunTableRow, RunWindow } from '../../capabilities/tracking/index.ts'
import { runTableQuerySchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { API_BASE } from './handle.ts'
import { toValue, toWindow } from './run-table.ts'
import { clientTime } from './time.ts'

const ROWS_AT_ONCE = 1000

/** The whole table as CSV (RFC 4180), streamed: it does not matter how long it is. */
export function registerRunCsv(app: FastifyInstance, deps: Pick<ApiDeps, 'tracking'>): void {
  app.get(`${API_BASE}/runs.csv`, async (request, reply) => {
    const asked = runTableQuerySchema.parse(request.query)
    const search = toWindow(asked)
    // The first part is read before anything is sent, so that a filter that cannot be read is an error and no file.
    const first = await deps.tracking.readRunWindow({ ...search, limit: ROWS_AT_ONCE, offset: 0 })
    const lines = csvLines(deps, search, { names: asked.columns ?? [], first: first.rows })
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="runs.csv"')
      .send(Readable.from(lines))
  })
}

interface Beginning {
  readonly names: readonly string[]
  readonly first: readonly RunTableRow[]
}

async function* csvLines(
  { tracking }: Pick<ApiDeps, 'tracking'>,
  search: RunWindow,
  { names, first }: Beginning,
): AsyncGenerator<string> {
  const head = ['run_id', 'name', 'status', 'user', 'started_at', 'ended_at', 'experiment_id']
  yield csvLine([...head, ...names])
  let rows = first
  for (let offset = ROWS_AT_ONCE; ; offset += ROWS_AT_ONCE) {
    yield rows.map(rowLine).join('')
    if (rows.length < ROWS_AT_ONCE) return
    rows = (await tracking.readRunWindow({ ...search, limit: ROWS_AT_ONCE, offset })).rows
  }
}

function rowLine(row: RunTableRow): string {
  const { id, name, status, userId, startTime, endTime, experimentId, values } = row
  const times = [clientTime(startTime), endTime === null ? '' : clientTime(endTime)]
  return csvLine([id, name, status, userId, ...times, experimentId, ...values.map(toValue)])
}

/** One record. A text that a spreadsheet would take for a formula is marked as text. */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

function csvField(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  const isFormula = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text))
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
