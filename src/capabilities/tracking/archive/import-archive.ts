import type { z } from 'zod'
import type { Database } from '../../../storage/database/port.ts'
import type { Artifacts } from '../artifacts.ts'
import type { NewMetric } from '../schema.ts'
import type { Tracking } from '../tracking.ts'
import { experimentDocument, modelDocument, pointDocument, runDocument } from './documents.ts'
import { invalidArchive, type Manifest } from './manifest.ts'
import { hashed, readText, verifyArchive } from './verify-archive.ts'
import { type ArchiveEntry, walkArchive } from './walk-archive.ts'

export interface ArchiveImportDeps {
  readonly database: Database
  readonly tracking: Tracking
  readonly artifacts: Pick<Artifacts, 'write' | 'pathOf' | 'measure'>
  readonly signal: AbortSignal
}

export interface ArchiveImport {
  readonly file: string
  /** Another experiment than the one that the archive names, by its name. */
  readonly to: string | null
  /** How many bytes there is room for. */
  readonly free: number
}

export interface ArchiveReport {
  readonly experimentId: string
  readonly runs: number
  readonly runsNew: number
  readonly loggedModels: number
  readonly points: number
  readonly files: number
  readonly bytes: number
  /** Files that were here already and stay as they are. */
  readonly kept: number
}

interface State {
  readonly manifest: Manifest
  readonly to: string | null
  experimentId: string
  /** Our addresses of the owners that have been read. */
  readonly places: Map<string, string>
  readonly report: { -readonly [Key in keyof ArchiveReport]: ArchiveReport[Key] }
}

/**
 * Takes over what an archive holds, after all of it was verified. Ids are kept; a second time adds what is missing.
 * @throws ARCHIVE_INVALID, STORAGE_FULL; then nothing was written
 */
export async function importArchive(
  deps: ArchiveImportDeps,
  { file, to, free }: ArchiveImport,
): Promise<ArchiveReport> {
  const manifest = await verifyArchive(file, free)
  const counts = { runs: 0, runsNew: 0, loggedModels: 0, points: 0, files: 0, bytes: 0, kept: 0 }
  const report = { experimentId: '', ...counts }
  const state: State = { manifest, to, experimentId: '', places: new Map(), report }
  let first = true
  await walkArchive(file, Number.MAX_SAFE_INTEGER, async (entry) => {
    deps.signal.throwIfAborted()
    if (!first) await takeOver(deps, state, { ...entry, content: checked(state, entry) })
    first = false
  })
  return { ...report, experimentId: state.experimentId }
}

// It may be another file by now than the one that was verified.
function checked({ manifest }: State, { path, content }: ArchiveEntry): AsyncIterable<Uint8Array> {
  const expected = manifest.files[path]
  if (expected === undefined) throw invalidArchive('its manifest does not name this file', path)
  return hashed(content, path, expected)
}

async function takeOver(deps: ArchiveImportDeps, state: State, entry: ArchiveEntry): Promise<void> {
  const [folder = '', id = '', what = '', ...rest] = entry.path.split('/')
  if (entry.path === 'experiment.json') return takeExperiment(deps, state, entry)
  const owner = `${folder}/${id}`
  if (what === 'run.json' && folder === 'runs') return takeRun(deps, state, entry, id)
  if (what === 'model.json' && folder === 'models') return takeModel(deps, state, entry, id)
  const place = state.places.get(owner)
  if (place === undefined) throw invalidArchive('it comes before what it belongs to', entry.path)
  if (what === 'metrics.ndjson') return takeHistory(deps, state, entry, id)
  await takeFile(deps, state, entry, `${place}/${rest.join('/')}`)
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
): z.output<Schema> {
  const parsed = schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalidArchive(`${issue?.path.join('.')}: ${issue?.message}`, path)
}

async function takeExperiment(
  { database, tracking }: ArchiveImportDeps,
  state: State,
  entry: ArchiveEntry,
): Promise<void> {
  const document = parse(experimentDocument, await readText(entry), entry.path)
  const named = state.to === null ? document : { ...document, name: state.to, tags: [] }
  const { id } = await database.transaction((tx) =>
    tracking.adoptExperimentIn(tx, { ...named, id: null, artifactLocation: null }),
  )
  state.experimentId = id
}

async function takeRun(
  { database, tracking, artifacts }: ArchiveImportDeps,
  state: State,
  entry: ArchiveEntry,
  id: string,
): Promise<void> {
  const { startedIn, ...run } = parse(runDocument, await readText(entry), entry.path)
  if (run.id !== id) throw invalidArchive(`it is the run ${run.id}`, entry.path)
  const { experimentId } = state
  const artifactUri = await ownAddress({ tracking, artifacts }, experimentId, run.artifactUri, id)
  const { isNew } = await database.transaction(async (tx) => {
    if (startedIn !== null) await tracking.adoptSnapshotIn(tx, id, startedIn)
    return tracking.adoptRunIn(tx, { ...run, experimentId, artifactUri })
  })
  // A run that is here keeps its place, wherever it was moved to.
  const { artifactUri: stored } = await tracking.getRunInfo(id)
  state.places.set(`runs/${id}`, artifacts.pathOf(stored) ?? `${experimentId}/${id}/artifacts`)
  state.report.runs += 1
  if (isNew) state.report.runsNew += 1
}

async function ownAddress(
  { tracking, artifacts }: Pick<ArchiveImportDeps, 'tracking' | 'artifacts'>,
  experimentId: string,
  uri: string,
  owner: string,
): Promise<string> {
  const isOurs = uri.startsWith('mlflow-artifacts:') || uri.startsWith('file:')
  if (!isOurs && /^[a-z][a-z0-9+.-]*:/i.test(uri)) return uri
  const { artifactLocation } = await tracking.getExperiment(experimentId)
  const root =
    artifacts.pathOf(artifactLocation) === null
      ? `mlflow-artifacts:/${experimentId}`
      : artifactLocation
  return `${root.replace(/\/$/, '')}/${owner}/artifacts`
}

async function takeModel(
  { database, tracking, artifacts }: ArchiveImportDeps,
  state: State,
  entry: ArchiveEntry,
  id: string,
): Promise<void> {
  const model = parse(modelDocument, await readText(entry), entry.path)
  if (model.id !== id) throw invalidArchive(`it is the model ${model.id}`, entry.path)
  const { experimentId } = state
  const owner = `models/${id}`
  const artifactUri = await ownAddress(
    { tracking, artifacts },
    experimentId,
    model.artifactUri,
    owner,
  )
  const metrics = model.metrics.map(({ runId, datasetName, datasetDigest, ...metric }) => ({
    runId,
    metric: {
      ...metric,
      datasetName: datasetName ?? undefined,
      datasetDigest: datasetDigest ?? undefined,
    },
  }))
  await database.transaction((tx) =>
    tracking.adoptLoggedModelIn(tx, {
      ...model,
      metrics,
      experimentId,
      artifactUri,
      deletedAt: null,
    }),
  )
  const { artifactUri: stored } = await tracking.getLoggedModel(id, true)
  state.places.set(owner, artifacts.pathOf(stored) ?? `${experimentId}/${owner}/artifacts`)
  state.report.loggedModels += 1
}

const POINTS_AT_ONCE = 2000
const LONGEST_LINE = 2 ** 16

async function takeHistory(
  { database, tracking }: ArchiveImportDeps,
  state: State,
  entry: ArchiveEntry,
  runId: string,
): Promise<void> {
  let piece: NewMetric[] = []
  const flush = async (): Promise<void> => {
    const points = piece
    piece = []
    state.report.points += await database.transaction((tx) =>
      tracking.adoptMetricsIn(tx, runId, points),
    )
  }
  for await (const line of linesOf(entry)) {
    const point = parse(pointDocument, line, entry.path)
    piece.push(point)
    if (piece.length >= POINTS_AT_ONCE) await flush()
  }
  if (piece.length > 0) await flush()
}

async function* linesOf({ content, path }: ArchiveEntry): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of content) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw invalidArchive('a line that is too long', path)
    yield* lines.filter((line) => line !== '')
  }
  if (rest !== '') yield rest
}

async function takeFile(
  { artifacts }: ArchiveImportDeps,
  { report }: State,
  { content, bytes }: ArchiveEntry,
  path: string,
): Promise<void> {
  if ((await artifacts.measure(path)).files > 0) {
    for await (const _ of content);
    report.kept += 1
    return
  }
  await artifacts.write(path, content)
  report.files += 1
  report.bytes += bytes
}
