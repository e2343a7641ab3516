import { RatchetError } from '../../base/errors.ts'
import { type Plan, reversed } from './plan.ts'
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

/** Looks only at what an event concerns: a plan may have thousands of stages. */
class Scheduler<T> {
  private readonly schedule: Schedule<T>
  private readonly states: Map<string, State<T>>
  private readonly stages: ReadonlyMap<string, Stage>
  private readonly downstream: ReadonlyMap<string, readonly string[]>
  private readonly ready: ReadyStages
  /** What takes room. */
  private readonly running = new Map<string, Stage>()
  /** How many have not ended, with or without room of their own. */
  private open = 0
  private hasFailed = false
  private broken: { readonly error: unknown } | null = null
  private readonly over = Promise.withResolvers<void>()
  constructor(schedule: Schedule<T>) {
    const { order, upstream } = schedule.plan
    this.schedule = schedule
    this.states = new Map(order.map(({ address }) => [address, { kind: 'waiting' }]))
    this.stages = new Map(order.map((stage) => [stage.address, stage]))
    this.downstream = reversed(upstream)
    this.ready = new ReadyStages(order)
  }

  async run(): Promise<void> {
    this.consider([...this.stages.keys()])
    this.startWhatMay()
    await this.over.promise
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

  // What becomes of stages that wait, now that one before them has got further.
  private consider(addresses: readonly string[]): void {
    const { plan, onError } = this.schedule
    const left = addresses.toReversed()
    for (let address = left.pop(); address !== undefined; address = left.pop()) {
      const stage = this.stages.get(address)
      if (stage === undefined || this.states.get(address)?.kind !== 'waiting') continue
      const upstream = plan.upstream.get(address) ?? []
      const kinds = upstream.map((other) => this.states.get(other)?.kind ?? 'done')
      const isCut = kinds.some((kind) => kind === 'blocked' || kind === 'failed')
      if (isCut && onError === 'keep-going') {
        this.states.set(address, { kind: 'blocked' })
        left.push(...(this.downstream.get(address) ?? []))
      } else if (!kinds.some((kind) => this.isWaitedFor(stage, kind))) this.ready.add(stage)
    }
  }

  private isWaitedFor(stage: Stage, kind: State<T>['kind']): boolean {
    if (kind === 'freed') return this.schedule.waitsForAll(stage)
    return kind === 'waiting' || kind === 'running'
  }

  private startWhatMay(): void {
    this.ready.take((stage) => {
      if (!this.mayStart()) return 'stop'
      if (!this.hasRoom(stage)) return this.isFull() ? 'stop' : 'leave'
      this.start(stage)
      return 'taken'
    })
    if (this.open === 0) this.over.resolve()
  }

  private mayStart(): boolean {
    const { onError, signal } = this.schedule
    if (onError === 'fail' && this.hasFailed) return false
    return this.broken === null && signal?.aborted !== true
  }

  // Each takes a core at least.
  private isFull(): boolean {
    return this.running.size >= this.schedule.capacity.cores
  }

  // A stage that asks for more than there is runs alone: it must run some time.
  private hasRoom({ hints }: Stage): boolean {
    if (this.running.size === 0) return true
    const taken = [...this.running.values()].map((stage) => stage.hints)
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
    this.states.set(address, { kind: 'running' })
    this.running.set(address, stage)
    this.open += 1
    const free = (): void => {
      if (!this.running.delete(address)) return
      this.states.set(address, { kind: 'freed' })
      // Not here and now: who frees is in the middle of its work.
      queueMicrotask(() => this.goOn(address))
    }
    void this.carryOut(stage, free).finally(() => {
      this.running.delete(address)
      this.open -= 1
      this.goOn(address)
    })
  }

  private goOn(address: string): void {
    this.consider(this.downstream.get(address) ?? [])
    this.startWhatMay()
  }

  private async carryOut(stage: Stage, free: () => void): Promise<void> {
    try {
      const result = await this.schedule.work(stage, free)
      this.states.set(stage.address, { kind: 'done', result })
    } catch (error) {
      if (isOfTheStage(error) && this.schedule.signal?.aborted !== true) {
        this.hasFailed = true
        this.states.set(stage.address, { kind: 'failed', error })
      } else this.broken ??= { error }
    }
  }
}

/** Stages that wait for nothing but room, in the order of the plan. */
class ReadyStages {
  private readonly rank: ReadonlyMap<Stage, number>
  private readonly stages: Stage[] = []
  constructor(order: readonly Stage[]) {
    this.rank = new Map(order.map((stage, index) => [stage, index]))
  }

  add(stage: Stage): void {
    const rank = this.rankOf(stage)
    let [low, high] = [0, this.stages.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.rankOf(this.stages[middle]) < rank) low = middle + 1
      else high = middle
    }
    if (this.stages[low] !== stage) this.stages.splice(low, 0, stage)
  }

  take(decide: (stage: Stage) => 'taken' | 'leave' | 'stop'): void {
    for (let at = 0; at < this.stages.length;) {
      const stage = this.stages[at]
      const decision = stage === undefined ? 'stop' : decide(stage)
      if (decision === 'stop') return
      if (decision === 'taken') this.stages.splice(at, 1)
      else at += 1
    }
  }

  private rankOf(stage: Stage | undefined): number {
    return stage === undefined ? 0 : (this.rank.get(stage) ?? 0)
  }
}
