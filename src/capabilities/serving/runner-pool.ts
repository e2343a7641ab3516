import { statSync } from 'node:fs'
import { startRunner, type Runner } from './runtimes/runner.ts'

export interface RunnerPool {
  /** Runs the work on a process that holds this model: one from before, or a new one, or the next that is free. */
  use<T>(model: PooledModel, work: (runner: Runner) => Promise<T>): Promise<T>
}

export interface PooledModel {
  readonly modelPath: string
  readonly digest: string | null
}

interface Slot {
  readonly key: string
  readonly runner: Promise<Runner>
  users: number
  idle: NodeJS.Timeout | undefined
}

/** At most `size` processes (more only while all are busy would mean waiting), each ended after `idleMs` unused. */
export function createRunnerPool(options: {
  readonly size: number
  readonly idleMs: number
  readonly loadTimeoutMs: number
}): RunnerPool {
  const { size, idleMs, loadTimeoutMs } = options
  const slots = new Set<Slot>()
  const waiting: (() => void)[] = []

  const drop = (slot: Slot): void => {
    clearTimeout(slot.idle)
    slots.delete(slot)
    slot.runner.then(
      (runner) => runner.kill(),
      () => {},
    )
  }

  const open = (key: string, model: PooledModel): Slot => {
    const runner = startRunner({ ...model, loadTimeoutMs, hangGraceMs: 0 })
    const slot: Slot = { key, runner, users: 0, idle: undefined }
    slots.add(slot)
    runner.then(
      ({ ended }) => ended.then(() => drop(slot)),
      () => drop(slot),
    )
    return slot
  }

  const acquire = async (model: PooledModel): Promise<Slot> => {
    const key = slotKey(model)
    for (;;) {
      const free = [...slots].filter(({ users }) => users === 0)
      const same = [...slots].find((slot) => slot.key === key)
      const slot = same ?? (slots.size < size ? open(key, model) : undefined)
      if (slot !== undefined) {
        // Before anyone else looks for a slot that nobody uses.
        slot.users += 1
        clearTimeout(slot.idle)
        return slot
      }
      if (free[0] !== undefined) drop(free[0])
      else await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }

  const release = (slot: Slot): void => {
    slot.users -= 1
    if (slot.users === 0) slot.idle = setTimeout(() => drop(slot), idleMs).unref()
    waiting.shift()?.()
  }

  return {
    async use(model, work) {
      const slot = await acquire(model)
      try {
        const runner = await slot.runner
        // A process that is stuck must not be the next one's, too.
        return await work(runner).finally(() => (runner.stalled ? drop(slot) : undefined))
      } finally {
        release(slot)
      }
    },
  }
}

// A file written anew under the same name is another model.
/** The same bytes are the same model, wherever they lie. */
function slotKey({ modelPath, digest }: PooledModel): string {
  const found = digest === null ? statSync(modelPath, { throwIfNoEntry: false }) : undefined
  return digest ?? `${modelPath}:${found?.size}:${found?.mtimeMs}`
}
