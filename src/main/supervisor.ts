import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'
import { type Config, environment } from './config.ts'
import { storageError } from '../storage/errors.ts'
import { assertPortFree } from './port-holder.ts'
import { takeLock } from './lock.ts'
import { failureOf, type PlaneFailure } from './plane-failure.ts'
import { packageVersion } from './version.ts'

export type Plane = 'control' | 'data'

export interface PlaneReady {
  readonly plane: Plane
  readonly url: string
  readonly pid: number
}

export interface Supervisor {
  /** Resolves when both planes answer; rejects when one cannot start at all. */
  readonly ready: Promise<readonly PlaneReady[]>
  /** Resolves when both planes have stopped. */
  readonly stop: () => Promise<void>
}

interface Child {
  readonly plane: Plane
  readonly script: string
  process: ChildProcess | undefined
  restarts: number
  /** Of the pause before the next start. */
  timer: NodeJS.Timeout | undefined
}

export interface SupervisorOptions {
  readonly config: Config
  readonly onRestart: (plane: Plane, how: string) => void
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000
const STOP_MS = 8000
const LAST_WORDS_MS = 250

/**
 * Starts both planes as processes of their own and starts one again when it dies, with growing pauses.
 * @throws ALREADY_RUNNING, PORT_TAKEN, STORAGE_READ_ONLY, STORAGE_FULL
 */
export async function supervise(options: SupervisorOptions): Promise<Supervisor> {
  const { config } = options
  const unlock = takeStateDir(config)
  try {
    await assertPortFree(config.host, config.port, '--port')
    await assertPortFree(config.host, config.inferencePort, '--inference-port')
  } catch (error) {
    unlock()
    throw error
  }
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  const child = (plane: Plane, name: string): Child => ({
    plane,
    script: join(import.meta.dirname, `${name}.${extension}`),
    process: undefined,
    restarts: 0,
    timer: undefined,
  })
  const children = [child('control', 'server'), child('data', 'gateway')]
  let stopping = false
  const start = (one: Child): Promise<PlaneReady> => startChild(options, one, () => stopping)
  const ready = Promise.all(children.map(start))
  return {
    ready,
    stop: async () => {
      stopping = true
      await Promise.all(children.map((one) => stopChild(one)))
      unlock()
    },
  }
}

function takeStateDir({ stateDir }: Config): () => void {
  try {
    mkdirSync(join(stateDir, 'logs'), { recursive: true })
    return takeLock(join(stateDir, 'run', 'supervisor.lock'))
  } catch (error) {
    throw storageError(error)
  }
}

// The first start rejects when it fails; later ones are tried for ever, since the project worked before.
function startChild(
  options: SupervisorOptions,
  child: Child,
  isStopping: () => boolean,
): Promise<PlaneReady> {
  return new Promise((resolve, reject) => {
    let wasReady = false
    const launch = (): void => {
      const process = spawnPlane(options.config, child)
      child.process = process
      process.on('message', (message: PlaneMessage) => {
        if (message.ready !== undefined) {
          wasReady = true
          child.restarts = 0
          resolve(message.ready)
        }
        if (message.failed !== undefined && !wasReady) reject(failureOf(message.failed))
      })
      process.on('exit', (code, signal) => {
        if (isStopping()) return
        if (!wasReady) {
          const error = new Error(`the ${child.plane} plane ended at its start (${signal ?? code})`)
          // What it had to say of that may still be on its way.
          setTimeout(() => (isStopping() ? undefined : reject(error)), LAST_WORDS_MS)
          return
        }
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** child.restarts)
        child.restarts += 1
        options.onRestart(child.plane, `ended by ${signal ?? `exit ${code}`}`)
        child.timer = setTimeout(launch, pause)
      })
    }
    launch()
  })
}

interface PlaneMessage {
  readonly ready?: PlaneReady
  readonly failed?: PlaneFailure
}

/**
 * Of the control plane: what a request leaves behind is gone before it is much. Left to itself Node would keep room for
 * several times as much of it, and would let the heap grow fourfold before it looks what of it is in use.
 */
export const CONTROL_FLAGS: readonly string[] = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=50',
]

/** Commits are synced in these threads: four uploads at a time would take all that Node has by itself. */
export const CONTROL_ENVIRONMENT = { UV_THREADPOOL_SIZE: '8' }

function spawnPlane(config: Config, { plane, script }: Child): ChildProcess {
  const log = openSync(join(config.stateDir, 'logs', `${plane}.log`), 'a')
  const child = spawn(
    process.execPath,
    [
      ...(plane === 'control' ? CONTROL_FLAGS : []),
      script,
      JSON.stringify({ ...config, version: packageVersion() }),
    ],
    {
      cwd: config.projectRoot,
      env: {
        ...(plane === 'control' ? CONTROL_ENVIRONMENT : {}),
        ...environment,
        NODE_COMPILE_CACHE: compileCache(config),
      },
      stdio: ['ignore', log, log, 'ipc'],
      // A group of its own: Ctrl-C reaches the supervisor alone, which then stops the planes in order.
      detached: true,
    },
  )
  closeSync(log)
  return child
}

// The one of the command line, so that the first start in a project finds what was compiled for others.
function compileCache({ stateDir }: Config): string {
  const inUse = getCompileCacheDir()
  return inUse === undefined ? join(stateDir, 'run', 'compile-cache') : dirname(inUse)
}

async function stopChild({ process: child, timer: pause }: Child): Promise<void> {
  clearTimeout(pause)
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(timer)
}
