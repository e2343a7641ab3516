import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Database, Query } from '../../storage/database/port.ts'
import { checkRunId } from './names.ts'
import type { OrderedRun } from './ordered-runs.ts'
import { completeRuns, readLinks, type RunLinks } from './run-data.ts'
import { getRun, unknownRun } from './runs.ts'
import type { Run, RunInfo } from './schema.ts'
import { inChunks, type RunRow, toRunInfo } from './store.ts'
import { letOthers } from './turns.ts'

/**
 * A run whose values are JSON text already: lists of `{key, value}`, and of `{key, value, timestamp, step}` for the
 * latest metrics, as MLflow's protocol has them; NaN is the text "NaN". Searches find many values and nobody looks at
 * them one by one, and SQLite writes JSON several times as fast as rows become objects.
 */
export interface RunText extends RunInfo, RunLinks {
  readonly params: string
  readonly tags: string
  readonly metrics: string
}

/** So few that whoever asks for less meanwhile does not notice. */
const AT_ONCE = 256

/** Adds the values of many runs. */
export async function readRunTexts(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  rows: readonly OrderedRun[],
): Promise<readonly RunText[]> {
  if (dialect !== 'sqlite') return (await completeRuns(query, rows.map(toRunInfo))).map(toText)
  const runs: RunText[] = []
  for (const chunk of inChunks(rows, AT_ONCE)) {
    if (runs.length > 0) await letOthers()
    runs.push(...(await readChunk(query, chunk)))
  }
  return runs
}

type Texts = Pick<RunText, 'params' | 'tags' | 'metrics'>

// No order is asked for: the values of a run lie in the order of their keys, and sorting would only take time.
const listOf = (table: string): string =>
  `(select json_group_array(json_object('key', key, 'value', value)) from ${table} where run_id = run.id)`

const valuesOf = (order: string): string =>
  `${listOf('tracking_params')} as params, ${listOf('tracking_tags')} as tags,
  (select json_group_array(json_object('key', name.key, 'value',
      case when latest.is_nan = 1 then 'NaN' else latest.value end, 'timestamp', latest.at, 'step', latest.step) ${order})
    from tracking_series as latest join tracking_keys as name on name.id = latest.key
    where latest.run = run.seq) as metrics`

const TEXTS = `select run.seq, ${valuesOf('')} from tracking_runs as run`

const ONE = `select run.*, ${valuesOf('order by name.key')}, exists (select 1 from tracking_run_datasets where run_id = run.id)
    or exists (select 1 from tracking_run_models where run_id = run.id) as linked
  from tracking_runs as run where run.id = ?`

const NO_LINKS: RunLinks = { datasets: [], modelInputs: [], modelOutputs: [] }

/** One run with its values, also a deleted one. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function getRunText(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  id: string,
): Promise<RunText> {
  if (dialect !== 'sqlite') return toText(await getRun(query, id))
  checkRunId(id)
  const [row] = await directOf(query).all<RunRow & Texts & { linked: number }>(ONE, [id])
  if (row === undefined) throw unknownRun(id)
  const { params, tags, metrics, linked } = row
  const links = linked === 0 ? NO_LINKS : (await readLinks(query, [id]))(id)
  return { ...toRunInfo(row), params, tags, metrics, ...links }
}

async function readChunk(query: Query, rows: readonly OrderedRun[]): Promise<readonly RunText[]> {
  const found = await directOf(query).all<Texts & { seq: number }>(
    `${TEXTS} where run.seq in (${placeholders(rows.length)})`,
    filled(rows.map(({ seq }) => seq)),
  )
  const texts = new Map(found.map(({ seq, ...text }) => [seq, text]))
  const links = await readLinks(
    query,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    ...toRunInfo(row),
    ...(texts.get(row.seq) ?? { params: '[]', tags: '[]', metrics: '[]' }),
    ...links(row.id),
  }))
}

function toText({ params, tags, metrics, ...rest }: Run): RunText {
  const pairs = (values: Run['params']): string =>
    JSON.stringify(Object.entries(values).map(([key, value]) => ({ key, value })))
  const points = metrics.map(({ key, value, at, step }) => ({
    key,
    value: Number.isNaN(value) ? 'NaN' : value,
    timestamp: at,
    step,
  }))
  return { ...rest, params: pairs(params), tags: pairs(tags), metrics: JSON.stringify(points) }
}
