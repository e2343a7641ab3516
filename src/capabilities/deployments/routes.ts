import { readFile } from 'node:fs/promises'
import { sha256 } from '../../base/hash.ts'
import type { Database } from '../../storage/database/port.ts'
import { writeFileAtomically } from '../../storage/files/atomic.ts'
import type { LocateModel } from './deps.ts'
import { currentStep, type Endpoint, type Rollout } from './schema.ts'
import { listEndpoints, rolloutsUnderWay } from './store.ts'

/** `run/routes.json`: all that the data plane needs to answer. Derived from the database, rewritten whenever it differs. */
export interface RoutesSnapshot {
  readonly epoch: number
  readonly project: string
  readonly endpoints: Readonly<Record<string, EndpointRoute>>
}

export interface EndpointRoute {
  readonly model: string
  /** For the sticky hash; another one for each challenger, so that not the same keys always go first. */
  readonly salt: string
  readonly champion: VersionRoute
  readonly rollout: RolloutRoute | null
}

export interface VersionRoute {
  readonly version: number
  readonly model_path: string
  readonly digest: string
}

export interface RolloutRoute extends VersionRoute {
  readonly rollout_id: string
  readonly mode: 'shadow' | 'canary'
  readonly fraction: number
  readonly timeout_ms: number
}

export interface RoutesDeps {
  readonly database: Database
  readonly locateModel: LocateModel
  /** Path of `run/routes.json`. */
  readonly file: string
  readonly project: string
  /** Tells the data plane to look now rather than at its next poll. */
  readonly pokeGateway: () => void
}

/**
 * The writer of the routes file. Each call writes the state of the database as it is when its turn comes, so calls that
 * overlap cannot leave an older state behind; call it once at start, because a crash between a commit and the write loses only the write.
 */
export function createRoutes(deps: RoutesDeps): { readonly write: () => Promise<void> } {
  let turn: Promise<void> = Promise.resolve()
  return {
    write: () => {
      const written = turn.then(() => writeIfDifferent(deps))
      turn = written.catch(() => undefined)
      return written
    },
  }
}

async function writeIfDifferent(deps: RoutesDeps): Promise<void> {
  const text = `${JSON.stringify(await snapshotRoutes(deps), null, 2)}\n`
  const present = await readFile(deps.file, 'utf8').catch(() => null)
  if (present === text) return
  writeFileAtomically(deps.file, text)
  deps.pokeGateway()
}

export async function snapshotRoutes(
  deps: Pick<RoutesDeps, 'database' | 'locateModel' | 'project'>,
): Promise<RoutesSnapshot> {
  const { endpoints, rollouts } = await readState(deps.database)
  const routes = await Promise.all(
    endpoints.map(async (endpoint) => {
      const rollout = rollouts.find((candidate) => candidate.endpoint === endpoint.endpoint)
      return [endpoint.endpoint, await endpointRoute(deps.locateModel, endpoint, rollout)] as const
    }),
  )
  const epoch = Math.max(0, ...endpoints.map((endpoint) => endpoint.epoch))
  return { epoch, project: deps.project, endpoints: Object.fromEntries(routes) }
}

// Two reads are not one moment: read again until no change fell between them.
async function readState({ query }: Database) {
  for (;;) {
    const endpoints = await listEndpoints(query)
    const rollouts = await rolloutsUnderWay(query)
    const again = await listEndpoints(query)
    if (JSON.stringify(endpoints) === JSON.stringify(again)) return { endpoints, rollouts }
  }
}

async function endpointRoute(
  locateModel: LocateModel,
  { model, champion, salt }: Endpoint,
  rollout: Rollout | undefined,
): Promise<EndpointRoute> {
  const route = await versionRoute(locateModel, model, champion)
  if (rollout === undefined) return { model, salt, champion: route, rollout: null }
  const challenger = await versionRoute(locateModel, model, rollout.version)
  const ownSalt = sha256(`${salt}/${rollout.version}`).slice(0, 16)
  return {
    model,
    salt: ownSalt,
    champion: route,
    rollout: { ...rolloutRoute(rollout), ...challenger },
  }
}

async function versionRoute(
  locateModel: LocateModel,
  model: string,
  version: number,
): Promise<VersionRoute> {
  const { modelPath, digest } = await locateModel(model, version)
  return { version, model_path: modelPath, digest }
}

function rolloutRoute(rollout: Rollout): Omit<RolloutRoute, keyof VersionRoute> {
  const step = currentStep(rollout)
  return {
    rollout_id: rollout.id,
    mode: step.kind,
    fraction: step.kind === 'shadow' ? 1 : step.fraction,
    timeout_ms: rollout.policy.guards.latency_p99.timeout,
  }
}
