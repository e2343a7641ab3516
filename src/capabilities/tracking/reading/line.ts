import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { trackingErrors } from '../errors.ts'
import type { ChangeNotes } from './changes.ts'
import type { Answer, Question, ThreadStart } from './messages.ts'

const PROGRAM = `${import.meta.dirname}/thread${extname(import.meta.filename)}`

export type Unsent = Pick<Question, 'verb' | 'asked' | 'text'>

interface Waiting {
  readonly question: Unsent
  readonly answered: Promise<Answer>
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  isSent: boolean
  /** How often a thread ended while it was asked this. */
  deaths: number
}

/** The first end may have been another question's fault. */
const MOST_DEATHS = 1

/** Questions on their way to the reading thread, which is started when one comes and when the last one ended. */
export class Line {
  readonly #file: string
  readonly #notes: ChangeNotes
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #count = 0
  #closed = false
  #isRepeating = false

  constructor(file: string, notes: ChangeNotes) {
    this.#file = file
    this.#notes = notes
  }

  /** @throws TRACKING_READ_DIED */
  async send(question: Unsent): Promise<Answer> {
    if (this.#closed) throw closedError()
    const { promise: answered, resolve, reject } = Promise.withResolvers<Answer>()
    const one: Waiting = { question, answered, resolve, reject, isSent: false, deaths: 0 }
    const id = (this.#count += 1)
    this.#waiting.set(id, one)
    this.#post(id, one)
    return one.answered
  }

  /** What is not answered yet is refused. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { reject } of this.#waiting.values()) reject(closedError())
    this.#waiting.clear()
    await this.#worker?.terminate()
  }

  #post(id: number, one: Waiting): void {
    this.#worker ??= this.#start()
    one.isSent = true
    this.#worker.ref()
    this.#worker.postMessage({ id, ...one.question, ...this.#notes.take() } satisfies Question)
  }

  #start(): Worker {
    // A new thread has read nothing yet that could be stale.
    this.#notes.take()
    const workerData: ThreadStart = { file: this.#file }
    const resourceLimits = { maxYoungGenerationSizeMb: 8 }
    const worker = new Worker(PROGRAM, { workerData, resourceLimits })
    let cause: Error | undefined
    worker.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.resolve(answer)
      this.#waiting.delete(answer.id)
      // A thread that has nothing to do keeps no process alive.
      if (this.#waiting.size === 0) worker.unref()
    })
    worker.on('error', (error: Error) => {
      cause = error
    })
    worker.on('exit', () => this.#ended(cause))
    return worker
  }

  #ended(cause: Error | undefined): void {
    this.#worker = undefined
    for (const [id, one] of this.#waiting) {
      if (!one.isSent) continue
      one.isSent = false
      one.deaths += 1
      if (one.deaths <= MOST_DEATHS) continue
      this.#waiting.delete(id)
      one.reject(diedError(one.question, cause))
    }
    if (!this.#isRepeating) void this.#repeat()
  }

  // One after the other: so only the one that ends threads meets its end again.
  async #repeat(): Promise<void> {
    this.#isRepeating = true
    for (;;) {
      const next = [...this.#waiting].find(([, { isSent }]) => !isSent)
      if (next === undefined) break
      this.#post(...next)
      await next[1].answered.catch(() => {})
    }
    this.#isRepeating = false
  }
}

function diedError({ verb }: Unsent, cause: Error | undefined): Error {
  const why = cause === undefined ? '' : `: ${cause.message}`
  const detail = `The thread that was asked for ${verb} ended twice${why}.`
  return trackingErrors.TRACKING_READ_DIED({ detail, cause })
}

function closedError(): Error {
  return new Error('The database is closed.')
}
