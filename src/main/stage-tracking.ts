import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Json, type JsonObject, parseJson } from '../base/json.ts'
import { readGitDiff, readGitHead } from '../capabilities/datasets/index.ts'
import type { StageResult, StageUpdate, TrackStages } from '../capabilities/pipelines/index.ts'

export interface StageTrackingNeeds {
  readonly root: string
  readonly stateDir: string
  /** Names the run of the pipeline. */
  readonly runId: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  /** Told once when a stage cannot be tracked; it runs all the same. */
  readonly onFault: (text: string) => void
}

const EXPERIMENT = 'pipelines'

interface StageRun {
  readonly id: string
  /** Behind `mlflow-artifacts:/`. */
  readonly artifacts: string
}

/**
 * Tracks each stage that runs as a run of the control plane, over the protocol that scripts use; null where none is up
 * or the user's environment names another one.
 */
export function stageTracking(needs: StageTrackingNeeds): TrackStages | null {
  const url = controlPlaneOf(needs.stateDir)
  if (url === null || needs.env.MLFLOW_TRACKING_URI !== undefined) return null
  const runs = new Map<string, StageRun>()
  // Asked once: stages that start together would otherwise each make it.
  let experiment: Promise<string> | null = null
  const tracking: Tracking = { ...needs, url, experiment: () => (experiment ??= experimentId(url)) }
  let isTold = false
  return async (update) => {
    try {
      return await follow(tracking, runs, update)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!isTold) needs.onFault(`a stage is not tracked: ${reason}`)
      isTold = true
      return {}
    }
  }
}

function controlPlaneOf(stateDir: string): string | null {
  const file = join(stateDir, 'run/control.json')
  if (!existsSync(file)) return null
  const { url, pid } = (parseJson(readFileSync(file, 'utf8')) ?? {}) as {
    url?: unknown
    pid?: unknown
  }
  if (typeof url !== 'string') return null
  return typeof pid === 'number' && !isAlive(pid) ? null : url
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

interface Tracking extends StageTrackingNeeds {
  readonly url: string
  readonly experiment: () => Promise<string>
}

async function follow(
  tracking: Tracking,
  runs: Map<string, StageRun>,
  update: StageUpdate,
): Promise<Readonly<Record<string, string>>> {
  if (update.kind === 'started') {
    const run = await start(tracking, update)
    runs.set(update.stage, run)
    return { MLFLOW_TRACKING_URI: tracking.url, MLFLOW_RUN_ID: run.id }
  }
  const run = runs.get(update.kind === 'finished' ? update.result.stage : update.stage)
  if (run === undefined) return {}
  if (update.kind === 'finished') await describe(tracking, run, update.result)
  if (update.kind === 'failed')
    await tag(tracking, run, {
      'ratchet.error': `${update.error.code}: ${update.error.detail}`,
      ...measuredTags(update.measures),
    })
  const status = END_STATUS[update.kind]
  await call(tracking, 'runs/update', { run_id: run.id, status, end_time: tracking.now() })
  return {}
}

const END_STATUS = { finished: 'FINISHED', failed: 'FAILED', stopped: 'KILLED' } as const

type Started = Extract<StageUpdate, { kind: 'started' }>

async function start(
  tracking: Tracking,
  { stage, command, startedAt }: Started,
): Promise<StageRun> {
  const head = await readGitHead(tracking.root)
  const tags: Record<string, string> = {
    'mlflow.source.name': command.slice(0, 5000),
    'mlflow.source.type': 'PROJECT',
    'ratchet.pipeline_run': tracking.runId,
    'ratchet.stage': stage,
    ...(head === null
      ? {}
      : { 'mlflow.source.git.commit': head.commit, 'ratchet.git.dirty': String(head.dirty) }),
  }
  const experiment_id = await tracking.experiment()
  await endAbandoned(tracking, experiment_id, stage)
  const created = await call(tracking, 'runs/create', {
    experiment_id,
    run_name: stage,
    start_time: startedAt,
    tags: pairs(tags),
  })
  const { info } = created['run'] as { info: { run_id: string; artifact_uri: string } }
  const run = { id: info.run_id, artifacts: info.artifact_uri.replace(/^mlflow-artifacts:\/+/, '') }
  // What the commit does not say of the code that runs.
  const diff = head?.dirty === true ? await readGitDiff(tracking.root) : ''
  if (diff !== '') await upload(tracking, run, 'git.diff', Buffer.from(diff))
  return run
}

// A stage runs once at a time: what is still said to run was killed with its `repro`.
async function endAbandoned(tracking: Tracking, experiment: string, stage: string): Promise<void> {
  const { runs } = await call(tracking, 'runs/search', {
    experiment_ids: [experiment],
    filter: `attributes.status = 'RUNNING' AND tags.\`ratchet.stage\` = '${stage.replaceAll("'", '')}'`,
    max_results: 100,
  })
  for (const { info } of (runs ?? []) as unknown as readonly { info: { run_id: string } }[]) {
    const ended = { run_id: info.run_id, status: 'KILLED', end_time: tracking.now() }
    await call(tracking, 'runs/update', ended)
  }
}

async function experimentId(url: string): Promise<string> {
  const found = await fetch(
    `${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${EXPERIMENT}`,
  )
  if (found.ok)
    return ((await found.json()) as { experiment: { experiment_id: string } }).experiment
      .experiment_id
  const created = await call({ url }, 'experiments/create', { name: EXPERIMENT })
  return String(created['experiment_id'])
}

async function describe(tracking: Tracking, run: StageRun, result: StageResult): Promise<void> {
  const { peakMemory } = result.measures
  const at = { timestamp: tracking.now(), step: 0 }
  const metrics = [
    { key: 'duration_s', value: result.durationMs / 1000, ...at },
    ...(peakMemory === null
      ? []
      : [{ key: 'peak_memory_mb', value: Math.round(peakMemory / 1e6), ...at }]),
  ]
  const params = Object.entries(result.params).map(([key, value]) => ({
    key: key.replaceAll(':', '/'),
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
  await call(tracking, 'runs/log-batch', { run_id: run.id, metrics, params, tags: [] })
  const datasets = result.inputs.map(({ path, md5, size }) => ({
    tags: [{ key: 'mlflow.data.context', value: 'input' }],
    dataset: {
      name: path,
      digest: md5,
      source_type: 'dvc',
      source: JSON.stringify({ path, md5 }),
      profile: JSON.stringify({ size }),
    },
  }))
  if (datasets.length > 0) await call(tracking, 'runs/log-inputs', { run_id: run.id, datasets })
  const outputs = result.outputs.map(({ path, md5 }) => [`ratchet.output.${path}`, md5] as const)
  await tag(tracking, run, { ...Object.fromEntries(outputs), ...measuredTags(result.measures) })
  if (result.logPath !== null) await uploadFile(tracking, run, 'stage.log', result.logPath)
}

function measuredTags({ exitCode, environment }: StageResult['measures']) {
  const { os, node, python } = environment ?? {}
  const told = { exit_code: exitCode, os, node, python }
  const known = Object.entries(told).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(known.map(([key, value]) => [`ratchet.${key}`, String(value)]))
}

async function tag(
  tracking: Tracking,
  run: StageRun,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  if (Object.keys(tags).length === 0) return
  await call(tracking, 'runs/log-batch', {
    run_id: run.id,
    metrics: [],
    params: [],
    tags: pairs(tags),
  })
}

function pairs(values: Readonly<Record<string, string>>): Json {
  return Object.entries(values).map(([key, value]) => ({ key, value }))
}

async function call(
  { url }: Pick<Tracking, 'url'>,
  path: string,
  body: JsonObject,
): Promise<JsonObject> {
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`)
  return (parseJson(text) ?? {}) as JsonObject
}

async function uploadFile(
  tracking: Tracking,
  run: StageRun,
  name: string,
  file: string,
): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return
  await upload(tracking, run, name, Readable.toWeb(createReadStream(file)) as ReadableStream)
}

async function upload(
  { url }: Tracking,
  { artifacts }: StageRun,
  name: string,
  body: Buffer | ReadableStream,
): Promise<void> {
  const target = `${url}/api/2.0/mlflow-artifacts/artifacts/${artifacts}/${name}`
  const options = { method: 'PUT', body, duplex: 'half' } as unknown as RequestInit
  const response = await fetch(target, options)
  if (!response.ok) throw new Error(`artifact ${name}: ${response.status}`)
}
