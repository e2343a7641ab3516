import { directOf, type Insertion } from '../../storage/database/direct.ts'
import type { Tx } from '../../storage/database/port.ts'
import { trackingErrors } from './errors.ts'
import {
  checkKey,
  checkLength,
  invalid,
  invalidValue,
  KEY_LENGTH,
  PARAM_VALUE_LENGTH,
} from './names.ts'
import type { TrackingDeps } from './deps.ts'
import type { MetricKeys } from './metric-keys.ts'
import { putMetrics } from './metrics.ts'
import { checkRunTag, putTags, RUN_NAME_TAG } from './run-tags.ts'
import { requireActiveRun, requireWritableRun } from './runs.ts'
import type { KeyValue, NewMetric, TagAmendment } from './schema.ts'
import { tables } from './store.ts'

export interface LogDeps extends TrackingDeps {
  readonly metricKeys: MetricKeys
}

export interface Batch {
  readonly metrics?: readonly NewMetric[] | undefined
  readonly params?: readonly KeyValue[] | undefined
  readonly tags?: readonly KeyValue[] | undefined
}

/**
 * Logs all of the batch or nothing. Params are written once: the same value again is no error, another one is.
 * Values that are too long are cut, as MLflow's server does by default.
 * @throws TRACKING_UNKNOWN, TRACKING_INVALID
 */
export async function logBatch(deps: LogDeps, runId: string, batch: Batch): Promise<void> {
  const { metrics = [], params = [], tags = [] } = batch
  checkBatch({ metrics, params, tags })
  try {
    await deps.database.transaction(async (tx) => {
      const run = await requireWritableRun(tx, runId)
      await putParams(tx, runId, params)
      await putMetrics(tx, deps.metricKeys, run, metrics)
      await putTags(tx, runId, tags)
      await renameByTag(tx, runId, tags)
    })
  } catch (error) {
    deps.metricKeys.forget()
    throw error
  }
}

interface WholeBatch {
  readonly metrics: readonly NewMetric[]
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
}

/** The paths name the place in the request, as MLflow's messages do. */
function checkBatch({ metrics, params, tags }: WholeBatch): void {
  limit('metrics', metrics.length, 1000)
  limit('params', params.length, 100)
  limit('tags', tags.length, 100)
  if (metrics.length + params.length + tags.length > 1000)
    throw invalid(
      `A batch logging request can contain at most 1000 entities. Got ${metrics.length + params.length + tags.length} entities. Please split up entities across multiple requests and try again.`,
    )
  metrics.forEach((metric, index) => checkMetric(metric, `metrics[${index}]`))
  params.forEach((param, index) => checkParam(param, `params[${index}].key`))
  checkUnique(params)
  tags.forEach((tag, index) => checkRunTag(tag, `tags[${index}].key`))
}

function limit(what: string, count: number, most: number): void {
  if (count > most)
    throw invalid(
      `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
    )
}

function checkMetric({ key, value, at, step }: NewMetric, path: string): void {
  checkKey(key, `${path}.name`)
  checkLength(`${path}.name`, KEY_LENGTH, key)
  if (!(at >= 0))
    throw invalidValue(
      `${path}.timestamp`,
      at,
      `metric '${key}' (value=${value}). Timestamp must be a nonnegative long (64-bit integer) `,
    )
  if (!Number.isSafeInteger(at) || !Number.isSafeInteger(step))
    throw invalidValue(
      `${path}.step`,
      step,
      `metric '${key}' (value=${value}). Step must be a valid long (64-bit integer).`,
    )
}

function checkUnique(params: readonly KeyValue[]): void {
  const seen = new Set<string>()
  const twice = params.filter(({ key }) => seen.size === seen.add(key).size)
  if (twice.length === 0) return
  const keys = twice.map(({ key }) => `'${key}'`).join(', ')
  throw invalid(
    `Duplicate parameter keys have been submitted: [${keys}]. Please ensure the request contains only one param value per param key.`,
  )
}

function checkParam({ key }: KeyValue, path: string): void {
  checkKey(key, path)
  checkLength(path, KEY_LENGTH, key)
}

const PARAMS: Insertion = {
  into: 'tracking_params (run_id, key, value)',
  columns: 3,
  otherwise: 'on conflict do nothing',
}
const GET_PARAM = 'select value from tracking_params where run_id = ? and key = ?'

async function putParams(tx: Tx, runId: string, params: readonly KeyValue[]): Promise<void> {
  const direct = directOf(tx)
  const rows = params.map(({ key, value }) => [runId, key, value.slice(0, PARAM_VALUE_LENGTH)])
  if ((await direct.insert(PARAMS, rows)) === rows.length) return
  const conflicts: ChangedParam[] = []
  for (const [, key = '', value = ''] of rows) {
    const [stored] = await direct.all<{ value: string }>(GET_PARAM, [runId, key])
    if (stored?.value !== value) conflicts.push({ key, old: stored?.value ?? '', new: value })
  }
  if (conflicts.length > 0) throw changed(runId, conflicts)
}

interface ChangedParam {
  readonly key: string
  readonly old: string
  readonly new: string
}

function changed(runId: string, params: readonly ChangedParam[]): Error {
  const [only] = params
  if (only !== undefined && params.length === 1)
    return invalid(
      `Changing param values is not allowed. Param with key='${only.key}' was already logged with value='${only.old}' for run ID='${runId}'. Attempted logging new value '${only.new}'.`,
    )
  const list = params.map(
    (one) => `{'key': '${one.key}', 'old_value': '${one.old}', 'new_value': '${one.new}'}`,
  )
  return invalid(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${runId}'.`,
  )
}

async function renameByTag(tx: Tx, runId: string, tags: readonly KeyValue[]): Promise<void> {
  const name = tags.findLast((tag) => tag.key === RUN_NAME_TAG)?.value
  if (name === undefined || name === '') return
  await tables(tx).updateTable('tracking_runs').set({ name }).where('id', '=', runId).execute()
}

/** Of two who amend a tag at once, the second sees what the first made of it. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function amendTag(
  deps: TrackingDeps,
  runId: string,
  { key, amend }: TagAmendment,
): Promise<void> {
  checkRunTag({ key, value: '' }, 'key')
  await deps.database.transaction(async (tx) => {
    await requireWritableRun(tx, runId)
    const [before] = await directOf(tx).all<{ value: string }>(GET_TAG, [runId, key])
    await putTags(tx, runId, [{ key, value: amend(before?.value) }])
  })
}

const GET_TAG = 'select value from tracking_tags where run_id = ? and key = ?'

/** @throws TRACKING_UNKNOWN, also for the tag */
export async function deleteTag(deps: TrackingDeps, runId: string, key: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await requireActiveRun(tx, runId)
    const { numDeletedRows } = await tables(tx)
      .deleteFrom('tracking_tags')
      .where('run_id', '=', runId)
      .where('key', '=', key)
      .executeTakeFirst()
    if (numDeletedRows === 0n)
      throw trackingErrors.TRACKING_UNKNOWN({
        detail: `No tag with name: ${key} in run with id ${runId}`,
      })
  })
}
