import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { considerRetraining } from '../../src/automation/retraining.ts'
import { why, type WhyStep } from '../../src/automation/why.ts'
import { DAY_MS, parseTime, systemClock, toDate } from '../../src/base/time.ts'
import { listAlerts } from '../../src/capabilities/alerts/index.ts'
import { type Rollout, rolloutsUnderWay } from '../../src/capabilities/deployments/index.ts'
import { ingest } from '../../src/capabilities/monitoring/index.ts'
import type { SpoolRecord } from '../../src/capabilities/serving/index.ts'
import type { RatchetEvent } from '../../src/events/index.ts'
import { createWorker, type Job, type JobHandler, listJobs } from '../../src/jobs/index.ts'
import { wireCapabilities } from '../../src/main/capabilities.ts'
import { createFoundation, type Foundation } from '../../src/main/foundation.ts'
import { createLoop } from '../../src/main/loop.ts'
import { openProjectClock } from '../../src/main/project-clock.ts'
import { parseProjectFile } from '../../src/main/project-file.ts'
import { syncSchedules } from '../../src/main/schedules.ts'
import { whySources } from '../../src/main/why-sources.ts'
import type { Database } from '../../src/storage/database/port.ts'
import { ask, type CallersDeps, createAnswers } from './callers.ts'
import { createProject, writeBooks } from './project.ts'

/**
 * A shop that sells so many of a thing a day. Its model is a file with one number, the last count that training saw; asked
 * about any day it answers that number. All else is the product's own, on a real database and a clock that the test moves.
 */
export interface World {
  /** The level of sales from now on. */
  sales: number
  /** What the person who keeps the books writes down for it. */
  books: (sales: number) => number
  /** Versions that fail when they are asked live, though they score well offline. */
  readonly failsLive: Set<number>
  /** Lives through days: truths of the day before arrive, callers ask, schedules fall due, the loop does what it must. */
  live(days: number): Promise<void>
  /** A person asks for a training. */
  retrain(): Promise<void>
  champion(): Promise<number | null>
  rollout(): Promise<Rollout | null>
  /** All of them when no type is named. */
  events(...types: readonly string[]): Promise<readonly RatchetEvent[]>
  jobs(): Promise<readonly Job[]>
  firing(): Promise<readonly string[]>
  why(id: string): Promise<readonly WhyStep[]>
  /** What callers were answered, oldest first. */
  readonly answered: { readonly id: string; readonly version: number; readonly output: unknown }[]
  /** Time goes by and nothing else happens: what falls due meanwhile is done once. */
  pass(ms: number): Promise<void>
  readonly projectRoot: string
  close(): Promise<void>
}

const ASKED_PER_DAY = 12
const NOISE = [-3, 2, -1, 3, -2, 1]
const FIRST_DAY = parseTime('2024-01-01') ?? 0

/** With a project that is there already: the same world after a restart of its process. */
export async function openWorld(
  database: Database,
  ratchetYaml: string,
  existing?: string,
): Promise<World> {
  const foundation = await openFoundation(database, ratchetYaml, existing)
  const { clock, events, stateDir, registry } = foundation
  const failsLive = new Set<number>()
  const callers: CallersDeps = {
    stateDir,
    clock,
    failsLive,
    answerOf: createAnswers(registry),
  }
  const capabilities = wireCapabilities(foundation, { pokeGateway: () => {} })
  const loop = createLoop(foundation, capabilities, {
    scoreVersion: async ({ version }, rows) => {
      const answer = await callers.answerOf(version)
      return { predictions: rows.map(() => answer), p99Ms: 1 }
    },
    inspectModel: async (path) => {
      if (readFileSync(path, 'utf8').trim() === '') throw new Error('the file holds no number')
    },
    stageEnvironment: { PATH: '/usr/bin:/bin' },
  })
  const settle = createSettle(foundation, loop.handlers)
  await syncSchedules(foundation)
  let spooled = 0
  const takeIn = async (records: readonly SpoolRecord[]): Promise<void> => {
    spooled += records.length
    await ingest(capabilities.monitoring, { records, cursor: { segment: 0, offset: spooled } })
  }
  const world: World = {
    sales: 100,
    books: (sales) => sales,
    failsLive,
    answered: [],
    async live(days) {
      for (let day = 0; day < days; day++) {
        await takeIn(truthsOf(world, clock.now()))
        await takeIn(await askAllDay(world, callers))
        const written = world.books(world.sales)
        writeBooks(foundation.projectRoot, `${toDate(clock.now())},${written}\n`)
        await clock.moveTo(clock.now() + DAY_MS)
        await settle()
      }
    },
    async retrain() {
      const { train, retrain } = foundation.project.models['sales'] ?? {}
      if (train === undefined || retrain === undefined) throw new Error('nothing to train')
      const asking = { model: 'sales', train, retrain, labelDelay: DAY_MS, evidence: {} }
      const key = `by hand ${clock.now()}`
      const cause = { trigger: 'manual', causedBy: null, key } as const
      await considerRetraining(loop.retraining, { ...asking, ...cause })
      await settle()
    },
    champion: () => capabilities.championOf('sales'),
    rollout: async () => (await rolloutsUnderWay(database.query, 'sales'))[0] ?? null,
    events: (...types) => {
      const filter = types.length === 0 ? {} : { types }
      return events.list(database.query, { ...filter, limit: 1000 })
    },
    jobs: () => listJobs(database.query, { limit: 10_000 }),
    firing: async () => {
      const alerts = await listAlerts(database.query, { model: 'sales', open: true })
      return alerts.filter(({ state }) => state === 'firing').map(({ rule }) => rule)
    },
    pass: async (ms) => {
      await clock.moveTo(clock.now() + ms)
      await settle()
    },
    projectRoot: foundation.projectRoot,
    why: (id) => why(whySources(foundation), id),
    async close() {
      await foundation.analytics.close()
      await database.close()
      rmSync(foundation.projectRoot, { recursive: true, force: true })
    },
  }
  return world
}

async function openFoundation(
  database: Database,
  ratchetYaml: string,
  existing: string | undefined,
): Promise<Foundation> {
  const projectRoot = existing ?? createProject()
  const stateDir = join(projectRoot, '.ratchet')
  const isFresh = async (): Promise<boolean> => existing === undefined
  const clock = await openProjectClock({ database, stateDir, replayFrom: FIRST_DAY, isFresh })
  const project = parseProjectFile(ratchetYaml)
  const log = pino({ level: 'silent' })
  return createFoundation({
    projectRoot,
    stateDir,
    project,
    environment: {},
    log,
    database,
    clock,
  })
}

/** Does all that is due; what goes wrong on the way is the test's to know. */
function createSettle(
  { database, clock }: Foundation,
  handlers: readonly JobHandler[],
): () => Promise<void> {
  const faults: unknown[] = []
  const worker = createWorker({
    database,
    clock,
    realClock: systemClock,
    name: 'loop',
    handlers,
    leaseMs: 5000,
    concurrency: 2,
    onFailure: (_job, error) => faults.push(error),
  })
  return async () => {
    await worker.settle()
    if (faults.length > 0) throw faults[0]
  }
}

async function askAllDay(world: World, callers: CallersDeps): Promise<readonly SpoolRecord[]> {
  const hours = Array.from({ length: ASKED_PER_DAY }, (_, hour) => hour)
  const records = (await Promise.all(hours.map((hour) => ask(callers, hour)))).flat()
  for (const record of records)
    if (record.kind === 'prediction')
      world.answered.push({
        id: record.id,
        version: record.version,
        output: record.outputs['sales']?.[0],
      })
  return records
}

/** What was really sold, for the answers of the day before. */
function truthsOf({ answered, sales }: World, now: number): readonly SpoolRecord[] {
  return answered.slice(-ASKED_PER_DAY).map(({ id }, index) => ({
    kind: 'feedback',
    id: `fb_${id}`,
    at: now,
    prediction_id: id,
    label: sales + (NOISE[index % NOISE.length] ?? 0),
  }))
}
