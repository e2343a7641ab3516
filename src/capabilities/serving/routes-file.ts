import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '../../base/time.ts'
import { parseJson } from '../../base/json.ts'
import { writeFileAtomically } from '../../storage/files/atomic.ts'
import { servingErrors } from './errors.ts'
import { routesSchema, type GatewayState, type Routes } from './schema.ts'

/** Where the two planes meet, below the state folder. */
export interface ServingPaths {
  readonly routes: string
  readonly gateway: string
  readonly clock: string
  readonly gatewaySocket: string
  readonly controlSocket: string
  readonly spool: string
}

export function servingPaths(stateDir: string): ServingPaths {
  return {
    routes: join(stateDir, 'run', 'routes.json'),
    gateway: join(stateDir, 'run', 'gateway.json'),
    clock: join(stateDir, 'run', 'clock.json'),
    gatewaySocket: join(stateDir, 'run', 'gateway.sock'),
    controlSocket: join(stateDir, 'run', 'control.sock'),
    spool: join(stateDir, 'spool'),
  }
}

/** The control plane's side: what the gateway shall serve from now on. */
export function writeRoutes(stateDir: string, routes: Routes): void {
  writeFileAtomically(servingPaths(stateDir).routes, JSON.stringify(routesSchema.parse(routes)))
}

/** `null` when there is no file yet. Throws SERVING_ROUTES_INVALID. */
export function readRoutes(stateDir: string): Routes | null {
  const path = servingPaths(stateDir).routes
  const text = readIfThere(path)
  if (text === null) return null
  const parsed = routesSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw servingErrors.SERVING_ROUTES_INVALID({
    detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not JSON'}`,
    path,
  })
}

export function writeGatewayState(stateDir: string, state: GatewayState): void {
  // Derived, so it need not survive loss of power; waiting for the disk would hold up the answers.
  writeFileAtomically(servingPaths(stateDir).gateway, JSON.stringify(state), { sync: false })
}

/** `null` when no gateway has started here yet. */
export function readGatewayState(stateDir: string): GatewayState | null {
  const text = readIfThere(servingPaths(stateDir).gateway)
  return text === null ? null : ((parseJson(text) as GatewayState | undefined) ?? null)
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Tells whether the file was replaced since the last call; the first call of an existing file says yes. */
export function changeDetector(path: string): () => boolean {
  let last = ''
  return () => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    const mark = found === undefined ? '' : `${found.ino}:${found.mtimeNs}:${found.size}`
    const changed = mark !== last
    last = mark
    return changed
  }
}

/**
 * The clock that a replay project's control plane moves by writing `run/clock.json`; else the system's. Read each time: the
 * file is written in place, and two moves may fall on one tick of its modification time.
 */
export function projectClock(stateDir: string): Clock {
  const { clock: path } = servingPaths(stateDir)
  return {
    now() {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return systemClock.now()
      const found = parseJson(readIfThere(path) ?? '') as { now?: unknown } | undefined
      return typeof found?.now === 'number' ? found.now : systemClock.now()
    },
  }
}
