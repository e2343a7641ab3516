import { RatchetError } from '../../base/errors.ts'
import { servingErrors } from './errors.ts'
import { startRunner, type Runner, type RunResult } from './runtimes/runner.ts'
import type { ModelSignature, Tensor } from './tensors.ts'

export type HostStatus =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly pid: number }
  | { readonly status: 'restarting'; readonly reason: string; readonly restarts: number }
  | { readonly status: 'failed'; readonly code: string; readonly reason: string }
  | { readonly status: 'stopped' }

export interface ModelHostOptions {
  readonly modelPath: string
  readonly digest: string | null
  readonly loadTimeoutMs: number
  readonly hangGraceMs: number
  readonly onChange: () => void
}

/** One loaded model version: keeps a runner alive behind a steady name. */
export interface ModelHost {
  /** Resolves once the first load has succeeded or failed. */
  readonly loaded: Promise<void>
  status(): HostStatus
  /** What the model declares; `null` until it has loaded once. */
  signature(): ModelSignature | null
  /** Busy with a request that its caller gave up: a canary falls back at once instead of waiting. */
  stalled(): boolean
  run(inputs: readonly Tensor[], timeoutMs: number): Promise<RunResult>
  stop(): void
}

const FIRST_RESTART_MS = 50
const LONGEST_RESTART_MS = 10_000
const STEADY_MS = 30_000
const LONGEST_WAIT_MS = 3_000

/** Milliseconds before the nth restart in a row: 0, 50, 100, 200 ... 10 s. */
export function restartDelayMs(restarts: number): number {
  if (restarts <= 1) return 0
  return Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (restarts - 2))
}

export function openModelHost(options: ModelHostOptions): ModelHost {
  let status: HostStatus = { status: 'loading' }
  let runner: Runner | null = null
  let signature: ModelSignature | null = null
  let restarts = 0
  let timer: NodeJS.Timeout | undefined

  const become = (next: HostStatus) => {
    if (status.status === 'stopped') return
    status = next
    options.onChange()
  }

  const start = async (): Promise<void> => {
    try {
      const started = await startRunner(options)
      if (status.status === 'stopped') return started.kill()
      const readyAt = performance.now()
      runner = started
      signature = started.signature
      become({ status: 'ready', pid: started.pid })
      void started.ended.then((reason) => {
        if (runner === started) runner = null
        if (performance.now() - readyAt > STEADY_MS) restarts = 0
        restart(reason)
      })
    } catch (error) {
      fail(error)
    }
  }

  // A version that never came up is failed for good; one that has run before is brought back.
  const fail = (error: unknown) => {
    const { code, detail } = asRatchetError(error)
    if (signature === null) become({ status: 'failed', code, reason: detail })
    else restart(detail)
  }

  const restart = (reason: string) => {
    if (status.status === 'stopped') return
    restarts += 1
    become({ status: 'restarting', reason, restarts })
    timer = setTimeout(() => void start(), restartDelayMs(restarts))
  }

  return {
    loaded: start(),
    status: () => status,
    signature: () => signature,
    stalled: () => runner?.stalled ?? false,
    async run(inputs, timeoutMs) {
      const found =
        runner ??
        (await nextRunner(
          () => runner,
          () => status,
        ))
      return found.run(inputs, timeoutMs)
    },
    stop() {
      clearTimeout(timer)
      become({ status: 'stopped' })
      runner?.kill()
    },
  }
}

// A process that has just died is back within a fifth of a second, on a busy machine within one: worth waiting for.
async function nextRunner(current: () => Runner | null, status: () => HostStatus): Promise<Runner> {
  for (let waited = 0; waited < LONGEST_WAIT_MS && status().status === 'restarting'; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const runner = current()
    if (runner !== null) return runner
  }
  const state = status()
  throw servingErrors.SERVING_NOT_READY({
    detail: 'reason' in state ? state.reason : `its process is ${state.status}`,
  })
}

function asRatchetError(error: unknown): RatchetError {
  if (error instanceof RatchetError) return error
  return servingErrors.SERVING_MODEL_CORRUPT({ detail: String(error), cause: error })
}
