import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Database, Query } from '../../storage/database/port.ts'
import { completeRuns, readLinks, type RunLinks } from './run-data.ts'
import type { Run, RunInfo } from './schema.ts'
import { inChunks } from './store.ts'
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
  infos: readonly RunInfo[],
): Promise<readonly RunText[]> {
  if (dialect !== 'sqlite') return (await completeRuns(query, infos)).map(toText)
  const runs: RunText[] = []
  for (const chunk of inChunks(infos, AT_ONCE)) {
    if (runs.length > 0) await letOthers()
    runs.push(...(await readChunk(query, chunk)))
  }
  return runs
}

type Texts = Pick<RunText, 'params' | 'tags' | 'metrics'>

const listOf = (table: string): string =>
  `(select json_group_array(json_object('key', key, 'value', value))
    from (select key, value from ${table} where run_id = run.id order by key))`

const TEXTS = `select run.id, ${listOf('tracking_params')} as params, ${listOf('tracking_tags')} as tags,
  (select json_group_array(json_object('key', key,
      'value', case when is_nan = 1 then 'NaN' else value end, 'timestamp', at, 'step', step))
    from (select name.key, latest.value, latest.is_nan, latest.at, latest.step
      from tracking_series as latest join tracking_keys as name on name.id = latest.key
      where latest.run = run.seq)) as metrics
  from tracking_runs as run`

async function readChunk(query: Query, infos: readonly RunInfo[]): Promise<readonly RunText[]> {
  const ids = infos.map(({ id }) => id)
  const rows = await directOf(query).all<Texts & { id: string }>(
    `${TEXTS} where run.id in (${placeholders(ids.length)})`,
    filled(ids),
  )
  const texts = new Map(rows.map(({ id, ...text }) => [id, text]))
  const links = await readLinks(query, ids)
  return infos.map((info) => ({
    ...info,
    ...(texts.get(info.id) ?? { params: '[]', tags: '[]', metrics: '[]' }),
    ...links(info.id),
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
