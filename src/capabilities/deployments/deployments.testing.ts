import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManualClock, manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import type { DeploymentsDeps } from './deps.ts'
import { ensureEndpoint } from './endpoints.ts'
import { deployPolicySchema } from './policy.ts'
import { startRollout } from './rollouts.ts'
import { createRoutes, type RoutesSnapshot } from './routes.ts'
import { NO_EVIDENCE, type RolloutEvidence } from './schema.ts'

export const T0 = Date.UTC(1983, 0, 1)
export const policy = deployPolicySchema.parse({
  steps: ['shadow 3d', '50% 4d', '100%'],
  guards: { latency_p99: { timeout: '250ms' } },
  on_little_evidence: 'advance',
})

/** Two requests, and nothing to say against either. */
const QUIET: RolloutEvidence = {
  ...NO_EVIDENCE,
  challenger: { requests: 2, errors: 0, latenciesMs: [0.3, 0.4] },
}

/** The endpoint `births`, whose champion is version 3, and a control plane that can be started again. */
export interface DeploymentsWorld {
  readonly database: Database
  readonly clock: ManualClock
  readonly events: ReturnType<typeof createEventLog>
  readonly deps: DeploymentsDeps
  /** What the data plane reads. */
  readonly file: string
  /** What is seen of a challenger when one looks. */
  evidence: RolloutEvidence
  /** Champions that were set, in their order. */
  readonly aliases: readonly string[]
  readonly startControlPlane: () => DeploymentsDeps
  readonly routes: () => RoutesSnapshot
  readonly births: () => RoutesSnapshot['endpoints'][string] | undefined
  readonly types: () => Promise<readonly string[]>
  readonly start: (
    version?: number,
    more?: { readonly supersede?: boolean },
    causedBy?: string | null,
  ) => ReturnType<typeof startRollout>
  readonly close: () => Promise<void>
}

export async function openDeployments(): Promise<DeploymentsWorld> {
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-routes-'))
  const file = join(folder, 'run', 'routes.json')
  const clock = manualClock(T0)
  const events = createEventLog(clock)
  const aliases: string[] = []
  const startControlPlane = (): DeploymentsDeps => ({
    database,
    publish: events.publish,
    clock,
    locateModel,
    loadEvidence: async () => world.evidence,
    setChampion: async (_, { model, version }) => void aliases.push(`${model}@${version}`),
    writeRoutes: createRoutes({
      database,
      locateModel,
      file,
      project: 'demo',
      pokeGateway: () => {},
    }).write,
  })
  const deps = startControlPlane()
  const routes = () => JSON.parse(readFileSync(file, 'utf8')) as RoutesSnapshot
  const world: DeploymentsWorld = {
    database,
    clock,
    events,
    deps,
    file,
    evidence: QUIET,
    aliases,
    startControlPlane,
    routes,
    births: () => routes().endpoints['births'],
    types: async () => (await events.list(database.query, {})).map(({ type }) => type),
    start: (version = 4, more = {}, causedBy = null) =>
      startRollout(deps, { endpoint: 'births', version, policy, causedBy, ...more }),
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true })
    },
  }
  await ensureEndpoint(deps, { endpoint: 'births', model: 'births', version: 3, causedBy: 'run_1' })
  return world
}

const locateModel: DeploymentsDeps['locateModel'] = async (model, version) => {
  if (version > 9) throw new Error(`no version ${version}`)
  return { modelPath: `/models/${model}-${version}.onnx`, digest: `digest${version}` }
}
