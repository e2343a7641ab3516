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
  /**
   * `free` is called when its outputs are as they will be: what reads them may start, and its room is free, while the
   * rest of the work (writing down what was done) goes on.
   */
  readonly work: (stage: Stage, free: () => void) => Promise<T>
  /** Whether a stage has to wait until those before it are done with all of their work. */
  readonly waitsForAll: (stage: Stage) => boolean
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
  | { readonly kind: 'waiting' | 'running' | 'freed' | 'blocked' }
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
  /** What takes room. */
  private readonly running = new Map<
    string,
    { readonly stage: Stage; readonly freed: Promise<void> }
  >()
  /** What has not ended, with or without room of its own. */
  private readonly open = new Map<string, Promise<void>>()
  private broken: { readonly error: unknown } | null = null
  constructor(schedule: Schedule<T>) {
    this.schedule = schedule
    this.states = new Map(schedule.plan.order.map(({ address }) => [address, { kind: 'waiting' }]))
  }

  async run(): Promise<void> {
    for (;;) {
      this.startWhatMay()
      if (this.open.size === 0) break
      const freed = [...this.running.values()].map((each) => each.freed)
      await Promise.race([...this.open.values(), ...freed])
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
    const hasFailed = [...this.states.values()].some(({ kind }) => kind === 'failed')
    if (onError === 'fail' && hasFailed) return
    for (const stage of plan.order) {
      if (this.broken !== null || signal?.aborted === true) return
      if (this.states.get(stage.address)?.kind !== 'waiting') continue
      const upstream = plan.upstream.get(stage.address) ?? []
      const kinds = upstream.map((address) => this.states.get(address)?.kind ?? 'done')
      const isCut = kinds.some((kind) => kind === 'blocked' || kind === 'failed')
      if (isCut && onError !== 'ignore') this.states.set(stage.address, { kind: 'blocked' })
      else if (!kinds.some((kind) => this.isWaitedFor(stage, kind)) && this.hasRoom(stage))
        this.start(stage)
    }
  }

  private isWaitedFor(stage: Stage, kind: State<T>['kind']): boolean {
    if (kind === 'freed') return this.schedule.waitsForAll(stage)
    return kind === 'waiting' || kind === 'running'
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
    const { address } = stage
    const { promise: freed, resolve } = Promise.withResolvers<void>()
    const free = (): void => {
      if (!this.running.delete(address)) return
      this.states.set(address, { kind: 'freed' })
      resolve()
    }
    this.states.set(address, { kind: 'running' })
    this.running.set(address, { stage, freed })
    const ended = this.carryOut(stage, free).finally(() => {
      this.running.delete(address)
      this.open.delete(address)
    })
    this.open.set(address, ended)
  }

  private async carryOut(stage: Stage, free: () => void): Promise<void> {
    try {
      const result = await this.schedule.work(stage, free)
      this.states.set(stage.address, { kind: 'done', result })
    } catch (error) {
      if (isOfTheStage(error) && this.schedule.signal?.aborted !== true)
        this.states.set(stage.address, { kind: 'failed', error })
      else this.broken ??= { error }
    }
  }
}
