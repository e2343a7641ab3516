import { join } from 'node:path'
import type { Logger } from 'pino'
import { systemClock } from '../base/time.ts'
import {
  createRegistry,
  createWebhooks,
  type Registry,
  type Webhooks,
} from '../capabilities/registry/index.ts'
import {
  type Artifacts,
  createArtifacts,
  createReads,
  createTraces,
  createTracking,
  type Traces,
  type Tracking,
} from '../capabilities/tracking/index.ts'
import { createEventLog, type EventLog } from '../events/index.ts'
import { insertJob, type JobSpec } from '../jobs/index.ts'
import { type Analytics, openAnalytics } from '../storage/analytics/index.ts'
import { localBlobs } from '../storage/blobs/index.ts'
import { migrate } from '../storage/database/migrate.ts'
import type { Database, Tx } from '../storage/database/port.ts'
import { openPostgres } from '../storage/database/postgres.ts'
import { openSqlite } from '../storage/database/sqlite.ts'
import { type ArtifactPlace, type Config, type Environment, webhookSettings } from './config.ts'
import { openProjectClock, type ProjectClock } from './project-clock.ts'
import type { ProjectFile } from './project-file.ts'
import { createRunSnapshots, type RunSnapshots } from './run-snapshots.ts'

/** What every capability stands on: storage, time, events, jobs, tracking and the registry. */
export interface Foundation {
  readonly projectRoot: string
  readonly stateDir: string
  readonly project: ProjectFile
  readonly environment: Environment
  readonly log: Logger
  readonly database: Database
  readonly clock: ProjectClock
  readonly events: EventLog
  readonly analytics: Analytics
  readonly artifacts: Artifacts
  readonly tracking: Tracking
  readonly traces: Traces
  readonly registry: Registry
  readonly webhooks: Webhooks
  readonly runSnapshots: RunSnapshots
  readonly enqueue: (tx: Tx, spec: JobSpec) => Promise<unknown>
}

export type FoundationInput = Pick<
  Foundation,
  'projectRoot' | 'stateDir' | 'project' | 'environment' | 'log' | 'database' | 'clock'
> & { readonly artifactPlace?: ArtifactPlace | undefined }

/** SQLite or PostgreSQL, brought up to date. @throws STORAGE_NEWER, STORAGE_UNAVAILABLE, STORAGE_READ_ONLY */
export async function openDatabase({ store }: Pick<Config, 'store'>): Promise<Database> {
  const database =
    store.kind === 'sqlite'
      ? openSqlite({ file: store.file })
      : await openPostgres({ url: store.url })
  await migrate(database)
  return database
}

/** The clock of the project as its database has it. */
export function openClock(database: Database, config: Config): Promise<ProjectClock> {
  const { stateDir, replayFrom } = config
  const isFresh = async (): Promise<boolean> => {
    const { list } = createEventLog({ now: () => 0 })
    return (await list(database.query, { limit: 1 })).length === 0
  }
  return openProjectClock({ database, stateDir, replayFrom, isFresh })
}

export function createFoundation(input: FoundationInput): Foundation {
  const { database, clock, stateDir } = input
  const events = createEventLog(clock)
  const { publish } = events
  const root = input.artifactPlace?.folder ?? join(stateDir, 'artifacts')
  const artifactRoot = input.artifactPlace?.uri
  const artifacts = createArtifacts(root, artifactRoot)
  const runSnapshots = createRunSnapshots(input)
  const { runStarted } = runSnapshots
  const reads = createReads({ database })
  const tracking = createTracking({ database, clock, publish, artifactRoot, runStarted, reads })
  const registry = createRegistry({
    database,
    clock,
    publish,
    blobs: localBlobs(join(root, 'sha256')),
    findLoggedModel: tracking.findLoggedModelSource,
    findRunArtifacts: tracking.findRunArtifacts,
    findRunModel: tracking.findRunModel,
    localArtifacts: artifacts.localPath,
    reads,
  })
  const enqueue = (tx: Tx, spec: JobSpec): Promise<unknown> => insertJob(tx, spec, clock.now())
  const webhooks = createWebhooks({
    database,
    clock,
    realClock: systemClock,
    enqueue,
    settings: webhookSettings(input.environment),
    keyFile: join(stateDir, 'keys', 'webhooks.key'),
  })
  events.subscribe(webhooks.announce)
  const traces = createTraces({ database, clock, publish, reads })
  const capabilities = { artifacts, tracking, traces, registry, webhooks, runSnapshots }
  return { ...input, ...capabilities, events, analytics: openAnalytics(), enqueue }
}
