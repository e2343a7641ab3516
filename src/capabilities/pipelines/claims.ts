import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { claimPaths, type DataProject, reach, withRepoLock } from '../datasets/index.ts'
import { fromRoot } from './graph.ts'
import type { Stage } from './schema.ts'

/** What one run holds against other commands of Ratchet and DVC. */
export interface RunClaims {
  /**
   * Claims the outputs of the plan for writing and its inputs for reading, once, when the first stage must run: two
   * runs that share no output work side by side. True when another command was waited for: all may be different now.
   */
  readonly ensure: () => Promise<boolean>
  /** Keeps others from dvc.lock until the work that comes has rewritten it. */
  readonly hold: () => Promise<void>
  /** Runs short work that rewrites dvc.lock, with no other command doing so. */
  readonly exclusively: (work: () => Promise<unknown>) => Promise<void>
  readonly release: () => Promise<void>
}

export interface ClaimOptions {
  readonly project: DataProject
  readonly stages: readonly Stage[]
  readonly signal: AbortSignal | undefined
  readonly onWait: ((holder: string) => void) | undefined
}

export function runClaims({ project, stages, signal, onWait }: ClaimOptions): RunClaims {
  const lock = recordsLock(project, signal)
  let claimed: Promise<() => Promise<void>> | null = null
  let waited = false
  const claim = (): Promise<() => Promise<void>> => {
    const paths = (of: (stage: Stage) => readonly string[]): readonly string[] => [
      ...new Set(
        stages.flatMap((stage) =>
          of(stage).map((path) => resolve(project.root, fromRoot(stage, path))),
        ),
      ),
    ]
    const write = paths(({ outs }) => outs.map(({ path }) => path))
    const read = paths(({ deps }) => deps.filter((path) => !path.includes('://')))
    // The process and this text tell whose a claim is; several runs may be of one process.
    const cmd = `ratchet repro ${randomBytes(4).toString('hex')}`
    const told = (holder: string): void => {
      waited = true
      onWait?.(holder)
    }
    const options = { waitMs: LONGEST_MS, signal, onWait: told }
    return claimPaths(project.root, { read, write, cmd }, options)
  }
  return {
    ensure: async () => {
      const isFirst = claimed === null
      claimed ??= claim()
      await claimed
      reach('repro: claimed')
      return isFirst && waited
    },
    hold: lock.hold,
    exclusively: lock.exclusively,
    release: async () => {
      await lock.release()
      const give = await claimed?.catch(() => null)
      await give?.()
    },
  }
}

// A stage may run for days, and whoever waits for it can be stopped.
const LONGEST_MS = 7 * 24 * 3600 * 1000
const KEPT_MS = 200

/**
 * DVC's lock of the repository around each change of dvc.lock. Taking it starts a process, so that it is kept for a
 * moment: fifty quick stages take it once. While a command runs it is free.
 */
function recordsLock(project: DataProject, signal: AbortSignal | undefined) {
  let held: Promise<() => Promise<void>> | null = null
  let timer: NodeJS.Timeout | undefined
  let working = 0
  const take = (): Promise<() => Promise<void>> =>
    new Promise((taken, failed) => {
      const whole = withRepoLock(
        project,
        { paths: [], signal },
        () => new Promise<void>((free) => taken(async () => (free(), whole))),
      )
      whole.catch(failed)
    })
  const release = async (): Promise<void> => {
    clearTimeout(timer)
    const before = held
    held = null
    await (
      await before?.catch(() => null)
    )?.()
  }
  const hold = async (): Promise<void> => {
    clearTimeout(timer)
    held ??= take()
    await held
    letGoLater()
  }
  const letGoLater = (): void => {
    clearTimeout(timer)
    if (working > 0) return
    timer = setTimeout(() => void release(), KEPT_MS)
    timer.unref()
  }
  return {
    hold,
    exclusively: async (work: () => Promise<unknown>): Promise<void> => {
      working += 1
      try {
        await hold()
        await work()
      } finally {
        working -= 1
        letGoLater()
      }
    },
    release,
  }
}
