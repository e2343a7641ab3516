import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { datasetErrors } from '../errors.ts'
import { storageError } from '../../../storage/errors.ts'
import { publishInBackground } from './publish.ts'
import { runTask } from './run-task.ts'
import { faultOf, type Result, type Task, type TaskFault } from './tasks.ts'

const PROGRAM = `${import.meta.dirname}/worker${extname(import.meta.filename)}`

/** Runs tasks in threads. Threads start when the first task comes that is worth one. */
export interface Pool {
  /** How many tasks may usefully be under way. */
  readonly size: number
  /** Starts a thread for work that is about to come. */
  readonly warm: () => void
  /** @throws the fault as an error of the table */
  readonly run: <T extends Task>(task: T) => Promise<Result<T>>
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly resolve: (result: Result<Task>) => void
  readonly reject: (error: unknown) => void
}

/** A pool of threads; with `jobs` 0 the work is done in this thread, at once: right for a few files. */
export function openPool(jobs: number = availableParallelism()): Pool {
  if (jobs <= 0) return inThisThread()
  const idle: Worker[] = []
  const all: Worker[] = []
  const queue: { readonly id: number; readonly task: Task }[] = []
  const waiting = new Map<number, Waiting>()
  let count = 0
  const next = (worker: Worker): void => {
    const message = queue.shift()
    if (message === undefined) idle.push(worker)
    else worker.postMessage(message)
  }
  const start = (): Worker => {
    const worker = new Worker(PROGRAM, { resourceLimits: { maxYoungGenerationSizeMb: 8 } })
    worker.on('message', ({ id, result, fault }: Answer) => {
      const asked = waiting.get(id)
      waiting.delete(id)
      next(worker)
      if (fault === undefined) asked?.resolve(result as Result<Task>)
      else asked?.reject(faultError(fault))
    })
    worker.on('error', (error) => {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    })
    all.push(worker)
    return worker
  }
  const run = <T extends Task>(task: T): Promise<Result<T>> =>
    new Promise<Result<T>>((resolve, reject) => {
      const id = count++
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      queue.push({ id, task })
      const worker = idle.pop() ?? (all.length < jobs ? start() : undefined)
      if (worker !== undefined) next(worker)
    })
  const warm = (): void => {
    if (all.length === 0) next(start())
  }
  const close = async (): Promise<void> => {
    await Promise.all(all.map((worker) => worker.terminate()))
  }
  return { size: jobs, warm, run, close }
}

interface Answer {
  readonly id: number
  readonly result?: Result<Task>
  readonly fault?: TaskFault
}

function inThisThread(): Pool {
  return {
    size: 1,
    warm: () => {},
    run: async <T extends Task>(task: T) => {
      try {
        if (task.kind !== 'publish') return runTask(task)
        await publishInBackground(task)
        return null as Result<T>
      } catch (error) {
        throw faultError(faultOf(error, ''), error)
      }
    },
    close: async () => {},
  }
}

export function faultError(fault: TaskFault, cause?: unknown): unknown {
  const { code, path, detail } = fault
  const occurrence = { detail, path, cause }
  switch (code) {
    case 'CHANGED':
      return datasetErrors.DATASET_CHANGED_WHILE_READ(occurrence)
    case 'CORRUPT':
      return datasetErrors.DATASET_OBJECT_CORRUPT(occurrence)
    case 'UNREADABLE':
      return datasetErrors.DATASET_UNREADABLE(occurrence)
    case 'IRREGULAR':
      return datasetErrors.DATASET_UNSUPPORTED_FILE(occurrence)
    case 'OUTSIDE':
      return datasetErrors.DATASET_OUTSIDE(occurrence)
    default:
      return storageError(Object.assign(new Error(detail, { cause }), { code }))
  }
}
