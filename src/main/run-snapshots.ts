import { userInfo } from 'node:os'
import { systemClock } from '../base/time.ts'
import { type Run, type SnapshotDeps, snapshotRuns } from '../capabilities/tracking/index.ts'
import type { FoundationInput } from './foundation.ts'
import { findStarted, readWorkspace } from './workspace-snapshot.ts'

/** Keeps what the project was like when runs started in it, after they were stored and beside everything else. */
export interface RunSnapshots {
  readonly runStarted: (run: Run, client: string | null) => void
  /** From here on, beginning with what started while nobody looked. */
  readonly start: () => void
  /** Waits for the look that is under way. */
  readonly stop: () => Promise<void>
}

/** Long enough that runs that start together are one look. */
const TOGETHER_MS = 30
/** After a look, this long without another; where a look takes long, ten times as long as that, within reason. */
const REST_MS = 1000
const REST_FACTOR = 10
const LONGEST_REST_MS = 10_000
const MOST_CLIENTS = 10_000

export function createRunSnapshots(
  input: Pick<FoundationInput, 'database' | 'projectRoot' | 'project' | 'log'>,
): RunSnapshots {
  const isWanted = input.project.tracking?.snapshots !== false
  const clients = new Map<string, string>()
  const look = createLook(input, clients)
  return {
    runStarted: ({ id, tags }, client) => {
      if (!isWanted || tags['mlflow.source.name'] === undefined) return
      if (client !== null && clients.size < MOST_CLIENTS) clients.set(id, client)
      look.ask()
    },
    start: () => {
      if (isWanted) look.open()
    },
    stop: look.close,
  }
}

// A user without an account has no name; then no run is told by its user to be ours.
function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

function createLook(
  { database, projectRoot, log }: Parameters<typeof createRunSnapshots>[0],
  clients: Map<string, string>,
) {
  const deps: SnapshotDeps = {
    database,
    now: () => systemClock.now(),
    user: userName(),
    readWorkspace: () => readWorkspace(projectRoot),
    findScript: (run) => findStarted(projectRoot, run),
    clientOf: (id) => clients.get(id) ?? null,
  }
  let isOpen = false
  let isAsked = false
  let isBusy = false
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> = Promise.resolve()
  const work = async (): Promise<void> => {
    const began = systemClock.now()
    isAsked = false
    isBusy = true
    const known = new Set(clients.keys())
    await snapshotRuns(deps).catch((error: unknown) => log.warn(error, 'snapshots of runs'))
    for (const id of known) clients.delete(id)
    const took = systemClock.now() - began
    isBusy = false
    if (isOpen) plan(Math.min(LONGEST_REST_MS, Math.max(REST_MS, REST_FACTOR * took)))
  }
  // While it rests there is a timer, which looks only if it was asked meanwhile.
  const plan = (wait: number): void => {
    timer = setTimeout(() => {
      timer = undefined
      if (isAsked) underWay = work()
    }, wait).unref()
  }
  return {
    ask: (): void => {
      isAsked = true
      if (isOpen && timer === undefined && !isBusy) plan(TOGETHER_MS)
    },
    open: (): void => {
      isOpen = true
      isAsked = true
      plan(TOGETHER_MS)
    },
    close: async (): Promise<void> => {
      isOpen = false
      clearTimeout(timer)
      await underWay
    },
  }
}
