import { RatchetError } from '../../base/errors.ts'
import type { Plan } from './plan.ts'
import type { Stage } from './schema.ts'

/** What stages that run side by side may take together. */
export interface Capacity {
  readonly cores: number
  readonly memoryBytes: number
  readonly gpus: number
}

/** `fail` starts nothing more, `keep-going` leaves out what depends on a failure, `ignore` leaves out nothing. */
export type OnError = 'fail' | 'keep-going' | 'ignore'

export interface Schedule<T> {
  readonly plan: Plan
  readonly capacity: Capacity
  readonly onError: OnError
  readonly signal: AbortSignal | undefined
  readonly work: (stage: Stage) => Promise<T>
}

export interface Scheduled<T> {
  /** In the order of the plan. */
  readonly done: readonly T[]
  readonly failures: readonly { readonly stage: string; readonly error: RatchetError }[]
  /** Not tried, because what they depend on failed. */
  readonly blocked: readonly string[]
}

/** A full disk is no fault of the stage: it is thrown, and may pass. */
export function isOfTheStage(error: unknown): error is RatchetError {
  return error instanceof RatchetError && error.status < 500
}

type State<T> =
  | { readonly kind: 'waiting' | 'running' | 'blocked' }
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'failed'; readonly error: RatchetError }

/**
 * Works through a plan: each stage as soon as what it depends on is done and there is room. A failure of a stage is
 * a result; anything else is thrown after what runs has ended.
 */
export async function runSchedule<T>(schedule: Schedule<T>): Promise<Scheduled<T>> {
  const scheduler = new Scheduler(schedule)
  await scheduler.run()
  return scheduler.result()
}

class Scheduler<T> {
  private readonly schedule: Schedule<T>
  private readonly states: Map<string, State<T>>
  private readonly running = new Map<
    string,
    { readonly stage: Stage; readonly ended: Promise<void> }
  >()
  private broken: { readonly error: unknown } | null = null
  constructor(schedule: Schedule<T>) {
    this.schedule = schedule
    this.states = new Map(schedule.plan.order.map(({ address }) => [address, { kind: 'waiting' }]))
  }

  async run(): Promise<void> {
    for (;;) {
      this.startWhatMay()
      if (this.running.size === 0) break
      await Promise.race([...this.running.values()].map(({ ended }) => ended))
    }
    if (this.broken !== null) throw this.broken.error
    this.schedule.signal?.throwIfAborted()
  }

  result(): Scheduled<T> {
    const states = [...this.states]
    const blocked = states.filter(([, { kind }]) => kind === 'blocked').map(([stage]) => stage)
    const done = states.flatMap(([, state]) => (state.kind === 'done' ? [state.result] : []))
    const failures = states.flatMap(([stage, state]) =>
      state.kind === 'failed' ? [{ stage, error: state.error }] : [],
    )
    return { done, failures, blocked }
  }

  private startWhatMay(): void {
    const { plan, onError, signal } = this.schedule
    for (const stage of plan.order) {
      const hasFailed = [...this.states.values()].some(({ kind }) => kind === 'failed')
      if (this.broken !== null || signal?.aborted === true || (onError === 'fail' && hasFailed))
        return
      if (this.states.get(stage.address)?.kind !== 'waiting') continue
      const upstream = plan.upstream.get(stage.address) ?? []
      const kinds = upstream.map((address) => this.states.get(address)?.kind ?? 'done')
      const isCut = kinds.some((kind) => kind === 'blocked' || kind === 'failed')
      if (isCut && onError !== 'ignore') this.states.set(stage.address, { kind: 'blocked' })
      else if (
        !kinds.some((kind) => kind === 'waiting' || kind === 'running') &&
        this.hasRoom(stage)
      )
        this.start(stage)
    }
  }

  // A stage that asks for more than there is runs alone: it must run some time.
  private hasRoom({ hints }: Stage): boolean {
    if (this.running.size === 0) return true
    const taken = [...this.running.values()].map(({ stage }) => stage.hints)
    const sum = (pick: (of: Stage['hints']) => number): number =>
      taken.reduce((total, each) => total + pick(each), pick(hints))
    const { cores, memoryBytes, gpus } = this.schedule.capacity
    return (
      sum((of) => Math.max(1, of.cores)) <= cores &&
      sum((of) => of.memoryBytes ?? 0) <= memoryBytes &&
      (hints.gpu === 0 || sum((of) => of.gpu) <= gpus)
    )
  }

  private start(stage: Stage): void {
    this.states.set(stage.address, { kind: 'running' })
    const ended = this.carryOut(stage).finally(() => this.running.delete(stage.address))
    this.running.set(stage.address, { stage, ended })
  }

  private async carryOut(stage: Stage): Promise<void> {
    try {
      const result = await this.schedule.work(stage)
      this.states.set(stage.address, { kind: 'done', result })
    } catch (error) {
      if (isOfTheStage(error) && this.schedule.signal?.aborted !== true)
        this.states.set(stage.address, { kind: 'failed', error })
      else this.broken ??= { error }
    }
  }
}
