import { spawn, type ChildProcess } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { extname } from 'node:path'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { errorMessage, type RatchetError } from '../../../base/errors.ts'
import { parseJson } from '../../../base/json.ts'
import { servingErrors } from '../errors.ts'
import type { ModelSignature, Tensor } from '../tensors.ts'
import {
  FRAME_ERROR,
  FRAME_LOAD,
  FRAME_RESULT,
  FRAME_RUN,
  FRAME_SIGNATURE,
  frameReader,
  jsonFrame,
  type Frame,
} from './frames.ts'
import { decodeTensors, encodeTensors } from './tensor-codec.ts'

export interface RunnerOptions {
  readonly modelPath: string
  /** SHA-256 of the file, or `null` when nobody has recorded one. */
  readonly digest: string | null
  /** Time to start the process, load the model and compute one row of zeros. */
  readonly loadTimeoutMs: number
  /** A request unanswered this long after its caller gave up means that the process hangs: it is killed. */
  readonly hangGraceMs: number
}

export interface RunResult {
  readonly outputs: readonly Tensor[]
  /** Milliseconds inside ONNX Runtime. */
  readonly ms: number
}

export interface Runner {
  readonly pid: number
  readonly signature: ModelSignature
  /** A request was given up and the model is still busy with it: others would only wait behind it. */
  readonly stalled: boolean
  /** Resolves with the reason when the process has ended, for whatever cause. */
  readonly ended: Promise<string>
  /** Rejects with SERVING_TIMEOUT, SERVING_RUNNER_DIED, SERVING_INFERENCE_FAILED or SERVING_OUTPUT_INVALID. */
  run(inputs: readonly Tensor[], timeoutMs: number): Promise<RunResult>
  kill(): void
}

const MAX_FRAME = 256 * 1024 * 1024
const BYSTANDER = Symbol('bystander')

/** The process died of another request: this one may be asked again without fear. */
export function isBystander(error: unknown): boolean {
  return error instanceof Error && error.cause === BYSTANDER
}

const PROGRAM = `${import.meta.dirname}/onnx-runner${extname(import.meta.filename)}`

interface Waiting {
  readonly resolve: (frame: Frame) => void
  readonly reject: (error: RatchetError) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Starts a process for one model and waits until it is vetted: loaded, digest checked, one row computed.
 * Throws SERVING_MODEL_CORRUPT, _UNSUPPORTED or _UNREADABLE, SERVING_INFERENCE_FAILED (the row of zeros),
 * SERVING_RUNNER_DIED or SERVING_TIMEOUT; the process has then been killed.
 */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const link = openLink(options.hangGraceMs)
  try {
    const { modelPath: path, digest, loadTimeoutMs } = options
    const frame = await link.ask((id) => jsonFrame(id, FRAME_LOAD, { path, digest }), loadTimeoutMs)
    if (frame.kind !== FRAME_SIGNATURE) throw failure(frame)
    return runnerOn(link, JSON.parse(frame.payload.toString()) as ModelSignature)
  } catch (error) {
    link.kill()
    throw error
  }
}

function runnerOn(link: Link, signature: ModelSignature): Runner {
  return {
    pid: link.pid,
    signature,
    ended: link.ended,
    get stalled() {
      return link.abandoned() > 0
    },
    kill: () => link.kill(),
    async run(tensors, timeoutMs) {
      const frame = await link.ask(
        (id) => encodeTensors({ id, kind: FRAME_RUN, ms: 0, specs: signature.inputs, tensors }),
        timeoutMs,
      )
      if (frame.kind !== FRAME_RESULT) throw failure(frame)
      try {
        const { ms, tensors: outputs } = decodeTensors(frame.payload, signature.outputs)
        return { ms, outputs }
      } catch (error) {
        throw servingErrors.SERVING_OUTPUT_INVALID({ detail: errorMessage(error), cause: error })
      }
    },
  }
}

type FailureCode = Extract<keyof typeof servingErrors.table, string>

function failure(frame: Frame): RatchetError {
  const found = frame.kind === FRAME_ERROR ? parseJson(frame.payload.toString()) : undefined
  const { code, detail } = (found ?? {}) as { code?: string; detail?: string }
  const known = code !== undefined && Object.hasOwn(servingErrors.table, code)
  const name = known ? (code as FailureCode) : 'SERVING_OUTPUT_INVALID'
  return servingErrors[name]({ detail: detail ?? `an answer of kind ${frame.kind}` })
}

interface Link {
  readonly pid: number
  readonly ended: Promise<string>
  abandoned(): number
  ask(encode: (id: number) => Buffer, timeoutMs: number): Promise<Frame>
  kill(): void
}

function openLink(hangGraceMs: number): Link {
  // A session of its own, so that Ctrl-C in the terminal reaches the gateway first and requests finish.
  const compileCache = getCompileCacheDir()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache },
    detached: true,
  })
  // Only a request that waits (its timer does) keeps our own process from ending.
  child.unref()
  for (const pipe of child.stdio) (pipe as Socket | null)?.unref()
  const waiting = new Map<number, Waiting>()
  const abandoned = new Set<number>()
  const ended = ending(child)
  void ended.then((reason) => {
    // One thread, first come first served: only the oldest request can have been the cause.
    let cause: typeof BYSTANDER | null = abandoned.size > 0 ? BYSTANDER : null
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer)
      reject(servingErrors.SERVING_RUNNER_DIED({ detail: reason, cause }))
      cause = BYSTANDER
    }
    waiting.clear()
    abandoned.clear()
  })
  receive(child, (frame) => {
    const entry = waiting.get(frame.id)
    waiting.delete(frame.id)
    if (!abandoned.delete(frame.id)) entry?.resolve(frame)
    if (entry !== undefined) clearTimeout(entry.timer)
  })
  const send = batchedSender(child.stdio[3] as Writable)
  let lastId = 0
  return {
    pid: child.pid ?? -1,
    ended,
    abandoned: () => abandoned.size,
    kill: () => void child.kill('SIGKILL'),
    ask(encode, timeoutMs) {
      const id = (lastId = (lastId + 1) % 2 ** 32)
      return new Promise((resolve, reject) => {
        if (child.exitCode !== null || child.signalCode !== null)
          return reject(servingErrors.SERVING_RUNNER_DIED({ detail: 'the process has ended' }))
        const timer = setTimeout(() => {
          waiting.delete(id)
          abandoned.add(id)
          setTimeout(() => {
            if (abandoned.has(id)) child.kill('SIGKILL')
          }, hangGraceMs).unref()
          reject(servingErrors.SERVING_TIMEOUT({ detail: `no answer within ${timeoutMs} ms` }))
        }, timeoutMs)
        waiting.set(id, { resolve, reject, timer })
        send(encode(id))
      })
    },
  }
}

/** Requests of one turn of the event loop leave in one system call. */
function batchedSender(pipe: Writable): (frame: Buffer) => void {
  let queued: Buffer[] = []
  // A dead reader shows as the end of the process, which is handled there.
  pipe.on('error', () => {})
  return (frame) => {
    queued.push(frame)
    if (queued.length > 1) return
    queueMicrotask(() => {
      pipe.write(queued.length === 1 ? queued[0] : Buffer.concat(queued))
      queued = []
    })
  }
}

function receive(child: ChildProcess, deliver: (frame: Frame) => void): void {
  const reader = frameReader(MAX_FRAME)
  const pipe = child.stdio[4] as Readable
  pipe.on('error', () => {})
  pipe.on('data', (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) deliver(frame)
    } catch {
      // The stream cannot be followed any more; the end of the process rejects what waits.
      child.kill('SIGKILL')
    }
  })
}

/** How the process ended, with the last it wrote to standard error. */
function ending(child: ChildProcess): Promise<string> {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2000)
  })
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`it could not be started: ${error.message}`))
    child.on('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      resolve(`the model's process ended with ${how}${words === '' ? '' : `: ${words.trim()}`}`)
    })
  })
}
