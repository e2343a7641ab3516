import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { endUndeclaredAlerts } from '../automation/undeclared-alerts.ts'
import { systemClock } from '../base/time.ts'
import { rolloutsUnderWay } from '../capabilities/deployments/index.ts'
import type { FeedbackOutcome } from '../capabilities/monitoring/index.ts'
import { ingest, readCursor } from '../capabilities/monitoring/index.ts'
import { inspectModel, servingPaths } from '../capabilities/serving/index.ts'
import { callSocket } from '../edges/inference/internal.ts'
import { createWorker, releaseWorker, type Worker } from '../jobs/index.ts'
import { readSetting, writeSetting } from '../storage/database/settings.ts'
import { type Capabilities, wireCapabilities } from './capabilities.ts'
import { type Config, environment, stageEnvironment } from './config.ts'
import { createDeliverySensor } from './delivery-jobs.ts'
import { createExperimentSensor, type ExperimentSensor } from './experiment-sensor.ts'
import { createFoundation, type Foundation, openClock, openDatabase } from './foundation.ts'
import { startHousekeeping } from './housekeeping.ts'
import { createLoop, type Loop } from './loop.ts'
import { readProjectFile } from './project-file.ts'
import { syncSchedules } from './schedules.ts'
import { createScoring } from './scoring.ts'
import { settle } from './settle.ts'
import { createShellRuns } from './shell-runs.ts'
import { createSpoolIntake, type SpoolIntake } from './spool-intake.ts'
import { createWatchHints, type WatchHints } from './watch-hints.ts'
import { createWebhookWorker, type WebhookWorker } from './webhook-worker.ts'

/** The control plane's inside, whole: what the edges translate to and from. */
export interface Platform {
  readonly foundation: Foundation
  readonly capabilities: Capabilities
  readonly loop: Loop
  /** Reads the spool to its end; what became of the labels asked about. */
  readonly drain: (
    feedbackIds: readonly string[],
  ) => Promise<Readonly<Record<string, FeedbackOutcome>>>
  /** Moves a replay's clock and brings all that is due to its end. @throws REPLAY_ONLY, REPLAY_BACKWARDS */
  readonly moveClock: (ms: number) => Promise<number>
  readonly wake: () => void
  readonly hints: WatchHints
  readonly isReady: () => boolean
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

const LEASE_MS = 6000
const POLL_MS = 500
const SPOOL_POLL_MS = 250
const SENSOR_MS = 2000
const CONCURRENCY = 4
const GATEWAY_MS = 15_000

/** @throws PROJECT_INVALID, STORAGE_*, REPLAY_CONFLICT */
export async function openPlatform(config: Config, log: Logger): Promise<Platform> {
  const project = await readProjectFile(config.projectRoot)
  const database = await openDatabase(config)
  const clock = await openClock(database, config)
  const { projectRoot, stateDir, artifacts: artifactPlace } = config
  const place = { projectRoot, stateDir, artifactPlace }
  return createPlatform(createFoundation({ ...place, project, environment, log, database, clock }))
}

export function createPlatform(foundation: Foundation): Platform {
  const { database, stateDir, registry } = foundation
  const { gatewaySocket } = servingPaths(stateDir)
  const ask = (path: string): Promise<unknown> =>
    callSocket(gatewaySocket, { method: 'POST', path, timeoutMs: GATEWAY_MS })
  let newRoutes: Promise<unknown> | undefined
  const capabilities = wireCapabilities(foundation, {
    pokeGateway: () => {
      newRoutes = ask('/internal/reload')
    },
  })
  const loop = createLoop(foundation, capabilities, {
    scoreVersion: createScoring(registry),
    inspectModel: (path, digest) => inspectModel(path, digest),
    stageEnvironment: stageEnvironment(foundation.environment),
  })
  const worker = createLoopWorker(foundation, loop)
  const parts: Parts = {
    worker,
    hints: createWatchHints(foundation, { wake: worker.wake }),
    webhookWorker: createWebhookWorker(foundation),
    intake: createIntake(foundation, capabilities),
    lookForDeliveries: createDeliverySensor(foundation),
    experiments: createExperimentSensor(foundation),
    flushDataPlane: async () => {
      // Routes that changed are loaded before the next request is asked for.
      await newRoutes
      // Answers are on the disk before the caller has them; only a shadow's come later.
      if ((await rolloutsUnderWay(database.query)).length > 0) await ask('/internal/flush')
    },
  }
  return {
    foundation,
    capabilities,
    loop,
    wake: worker.wake,
    hints: parts.hints,
    ...lifeOf(foundation, capabilities, parts),
    drain: async (ids) => {
      await parts.intake.drain()
      return parts.intake.outcomes(ids)
    },
    moveClock: async (ms) => {
      await foundation.clock.moveTo(ms)
      await parts.lookForDeliveries()
      const { worker, intake, flushDataPlane } = parts
      return settle({ worker, flushDataPlane, drainSpool: intake.drain })
    },
  }
}

interface Parts {
  readonly worker: Worker
  readonly hints: WatchHints
  readonly webhookWorker: WebhookWorker
  readonly intake: SpoolIntake
  readonly lookForDeliveries: () => Promise<void>
  readonly experiments: ExperimentSensor
  readonly flushDataPlane: () => Promise<void>
}

function createIntake({ database, log, stateDir }: Foundation, { monitoring }: Capabilities) {
  return createSpoolIntake({
    dir: servingPaths(stateDir).spool,
    readCursor: () => readCursor(database.query),
    ingest: (batch) => ingest(monitoring, batch),
    onFault: (error) => log.error(error, 'the spool could not be read'),
    onCorrupt: (lines) => log.error({ lines }, 'the spool has lines that are no records'),
  })
}

function lifeOf(
  foundation: Foundation,
  capabilities: Capabilities,
  { worker, hints, webhookWorker, intake, lookForDeliveries, experiments }: Parts,
): Pick<Platform, 'isReady' | 'start' | 'stop'> {
  const { database, clock, log } = foundation
  let ready = false
  let sensor: NodeJS.Timeout | undefined
  let endHousekeeping = (): void => {}
  const lookAround = (): void => {
    lookForDeliveries().then(worker.wake, (error: unknown) => log.error(error, 'deliveries'))
  }
  const shellRuns = createShellRuns(foundation)
  return {
    isReady: () => ready,
    start: async () => {
      await noteStart(foundation)
      await foundation.tracking.placeDefault()
      await releaseWorker(database, workerName())
      await syncSchedules(foundation)
      await endUndeclaredAlerts(capabilities)
      await capabilities.writeRoutes()
      await intake.drain()
      intake.start(SPOOL_POLL_MS)
      worker.start(POLL_MS)
      await webhookWorker.start()
      hints.start()
      endHousekeeping = startHousekeeping(foundation)
      foundation.runSnapshots.start()
      // In a replay files are looked for when the clock moves, so that each run sees them at the same moment.
      if (clock.mode === 'live') sensor = setInterval(lookAround, SENSOR_MS)
      shellRuns.start()
      if (clock.mode === 'live') experiments.start()
      ready = true
    },
    stop: async () => {
      ready = false
      clearInterval(sensor)
      await shellRuns.stop()
      endHousekeeping()
      hints.stop()
      await experiments.stop()
      await worker.stop()
      await webhookWorker.stop()
      await foundation.runSnapshots.stop()
      await intake.stop()
      await database.transaction((tx) => writeSetting(tx, CLEAN_STOP, 'yes'))
      await foundation.analytics.close()
      await database.close()
    },
  }
}

const CLEAN_STOP = 'control_plane.stopped_cleanly'

/** Says that it was killed, when the last one did not say that it stopped: people look for the gap on the page. */
async function noteStart({ database, events, project }: Foundation): Promise<void> {
  const clean = await readSetting(database.query, CLEAN_STOP)
  await database.transaction(async (tx) => {
    await writeSetting(tx, CLEAN_STOP, 'no')
    if (clean !== 'no') return
    await events.publish(tx, {
      type: 'system.control_plane_restarted',
      subject: `project:${project.project}`,
      data: { reason: 'it had not been stopped' },
      causedBy: null,
    })
  })
}

// One control plane works in a state folder at a time, so what its predecessor held is free at once.
function workerName(): string {
  return `control@${hostname()}`
}

function createLoopWorker({ database, clock, log }: Foundation, { handlers }: Loop): Worker {
  return createWorker({
    database,
    clock,
    realClock: systemClock,
    name: workerName(),
    handlers,
    leaseMs: LEASE_MS,
    concurrency: CONCURRENCY,
    onFailure: (job, error) => log.warn({ job: job?.id, kind: job?.kind, error }, 'a job failed'),
  })
}
