import { createHexId } from '../../base/ids.ts'
import { directOf } from '../../storage/database/direct.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import { addressBelow } from './artifact-path.ts'
import type { TrackingDeps } from './deps.ts'
import { trackingErrors } from './errors.ts'
import { runFinished } from './events.ts'
import { requireActive } from './experiments.ts'
import { checkRunId, invalid, invalidValue } from './names.ts'
import { completeRuns } from './run-data.ts'
import { randomRunName } from './run-names.ts'
import { checkRunTag, putTags, RUN_NAME_TAG, storedTagValue } from './run-tags.ts'
import {
  type KeyValue,
  type Lifecycle,
  type Run,
  type RunInfo,
  RUN_STATUSES,
  type RunStatus,
} from './schema.ts'
import { type ExperimentRow, type RunRow, tables, toRunInfo, toValues } from './store.ts'

const USER_TAG = 'mlflow.user'

export interface NewRun {
  readonly experimentId: string
  readonly userId?: string | undefined
  readonly startTime?: number | undefined
  readonly name?: string | undefined
  readonly tags?: readonly KeyValue[] | undefined
  /** What the program that starts it calls itself. */
  readonly client?: string | undefined
}

/** Starts a run. Name and tag `mlflow.runName` are one. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function createRun(deps: TrackingDeps, input: NewRun): Promise<Run> {
  const tags = new Map((input.tags ?? []).map(({ key, value }) => [key, value]))
  for (const [key, value] of tags) checkRunTag({ key, value }, 'key')
  const name = runName(input.name ?? '', tags.get(RUN_NAME_TAG) ?? '')
  const userId = input.userId ?? ''
  tags.set(RUN_NAME_TAG, name)
  if (userId !== '' && !tags.has(USER_TAG)) tags.set(USER_TAG, userId)
  const id = createHexId(deps.clock.now())
  const run = await deps.database.transaction(async (tx) => {
    const experiment = await findHome(tx, input.experimentId)
    const row: RunRow = {
      id,
      experiment_id: experiment.id,
      name,
      user_id: userId,
      status: 'RUNNING',
      start_time: input.startTime ?? deps.clock.now(),
      end_time: null,
      lifecycle: 'active',
      artifact_uri: addressBelow(experiment.artifact_location, `${id}/artifacts`),
    }
    const { experiment_id, start_time, artifact_uri } = row
    const values = [id, experiment_id, name, userId, 'RUNNING', start_time, 'active', artifact_uri]
    await directOf(tx).run(ADD_RUN, values)
    const tagged = [...tags].map(([key, value]) => ({ key, value }))
    await putTags(tx, id, tagged)
    return newRun(row, tagged)
  })
  deps.runStarted?.(run, input.client ?? null)
  return run
}

const HOME = `select id, artifact_location from tracking_experiments where id = ? and lifecycle = 'active'`

type HomeRow = Pick<ExperimentRow, 'id' | 'artifact_location'>

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID when the experiment is deleted */
async function findHome(tx: Tx, experimentId: string): Promise<HomeRow> {
  if (/^\d{1,15}$/.test(experimentId)) {
    const number = Number(experimentId)
    const [home] = await directOf(tx).all<HomeRow>(HOME, [number])
    if (home !== undefined) return home
  }
  const { id, artifactLocation } = await requireActive(tx, experimentId)
  return { id: Number(id), artifact_location: artifactLocation }
}

const ADD_RUN = `insert into tracking_runs
  (id, experiment_id, name, user_id, status, start_time, lifecycle, artifact_uri) values (?, ?, ?, ?, ?, ?, ?, ?)`

function newRun(row: RunRow, tags: readonly KeyValue[]): Run {
  const nothing = { params: {}, metrics: [], datasets: [], modelInputs: [], modelOutputs: [] }
  const stored = tags.map(({ key, value }) => ({ key, value: storedTagValue(value) }))
  const sorted = stored.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return { ...toRunInfo(row), ...nothing, tags: toValues(sorted) }
}

function runName(name: string, tagged: string): string {
  if (name !== '' && tagged !== '' && name !== tagged)
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tagged}').`,
    )
  if (name !== '') return name
  return tagged === '' ? randomRunName() : tagged
}

const INFO = 'select * from tracking_runs where id = ?'

export async function findRunArtifacts(query: Query, id: string): Promise<string | null> {
  const row = await tables(query)
    .selectFrom('tracking_runs')
    .select('artifact_uri')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.artifact_uri ?? null
}

/** Also a deleted one. @throws TRACKING_UNKNOWN */
export async function getRunInfo(query: Query, id: string): Promise<RunInfo> {
  checkRunId(id)
  const [row] = await directOf(query).all<RunRow>(INFO, [id])
  if (row === undefined) throw unknownRun(id)
  return toRunInfo(row)
}

export function unknownRun(id: string): Error {
  return trackingErrors.TRACKING_UNKNOWN({ detail: `Run with id=${id} not found` })
}

/** With its values. @throws TRACKING_UNKNOWN */
export async function getRun(query: Query, id: string): Promise<Run> {
  const info = await getRunInfo(query, id)
  const [run] = await completeRuns(query, [info])
  if (run === undefined) throw trackingErrors.TRACKING_UNKNOWN({ detail: id })
  return run
}

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID when it is deleted */
export async function requireActiveRun(query: Query, id: string): Promise<RunInfo> {
  const run = await getRunInfo(query, id)
  if (run.lifecycle !== 'active') throw notActive(id, run.lifecycle)
  return run
}

function notActive(id: string, lifecycle: string): Error {
  return invalid(`The run ${id} must be in the 'active' state. Current state is ${lifecycle}.`)
}

/** What writing into a run needs to know of it. */
export interface WritableRun {
  readonly id: string
  readonly seq: number
  readonly experiment_id: number
  readonly start_time: number
  readonly lifecycle: string
}

const WRITABLE =
  'select id, seq, experiment_id, start_time, lifecycle from tracking_runs where id = ?'

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID when it is deleted */
export async function requireWritableRun(tx: Tx, id: string): Promise<WritableRun> {
  checkRunId(id)
  const [run] = await directOf(tx).all<WritableRun>(WRITABLE, [id])
  if (run === undefined) throw unknownRun(id)
  if (run.lifecycle !== 'active') throw notActive(id, run.lifecycle)
  return run
}

export interface RunChange {
  readonly status?: string | undefined
  readonly endTime?: number | undefined
  readonly name?: string | undefined
}

/** Announces the end, once. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function updateRun(
  deps: TrackingDeps,
  id: string,
  input: RunChange,
): Promise<RunInfo> {
  return deps.database.transaction(async (tx) => {
    const before = await requireActiveRun(tx, id)
    const status = input.status === undefined ? before.status : statusOf(input.status)
    const name = input.name === undefined || input.name === '' ? before.name : input.name
    const endTime = input.endTime ?? before.endTime
    await directOf(tx).run(CHANGE_RUN, [status, name, endTime, id])
    if (name !== before.name) await putTags(tx, id, [{ key: RUN_NAME_TAG, value: name }])
    const after: RunInfo = { ...before, status, name, endTime }
    if (isOver(status) && !isOver(before.status)) await deps.publish(tx, runFinished(after))
    return after
  })
}

const CHANGE_RUN = 'update tracking_runs set status = ?, name = ?, end_time = ? where id = ?'

function isOver(status: RunStatus): boolean {
  return status === 'FINISHED' || status === 'FAILED' || status === 'KILLED'
}

function statusOf(text: string): RunStatus {
  const status = RUN_STATUSES.find((one) => one === text)
  if (status === undefined) throw invalidValue('status', text)
  return status
}

/** Deleting what is deleted is no error. @throws TRACKING_UNKNOWN */
export async function setRunLifecycle(
  deps: TrackingDeps,
  id: string,
  lifecycle: Lifecycle,
): Promise<void> {
  await deps.database.transaction(async (tx: Tx) => {
    await getRunInfo(tx, id)
    await tables(tx)
      .updateTable('tracking_runs')
      .set({ lifecycle, deleted_at: lifecycle === 'deleted' ? deps.clock.now() : null })
      .where('id', '=', id)
      .where('lifecycle', '<>', lifecycle)
      .execute()
  })
}
