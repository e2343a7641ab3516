/**
 * The program of a runner: one model, one process, nothing else. It reads frames from descriptor 3 with
 * blocking calls and writes the answers to 4: no event loop turn stands between a request and its answer.
 * The end of descriptor 3 (the gateway has gone, however it went) ends the process.
 */
import { readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { errorMessage, RatchetError } from '../../../base/errors.ts'
import { sha256 } from '../../../base/hash.ts'
import { servingErrors } from '../errors.ts'
import { zeros } from '../tensors.ts'
import {
  FRAME_ERROR,
  FRAME_LOAD,
  FRAME_RESULT,
  FRAME_SIGNATURE,
  frameReader,
  jsonFrame,
  type Frame,
} from './frames.ts'
import { openSession, type OnnxSession } from './onnx-session.ts'
import { decodeTensors, encodeTensors } from './tensor-codec.ts'

const INPUT = 3
const OUTPUT = 4
const MAX_FRAME = 256 * 1024 * 1024

let session: OnnxSession | null = null

async function load(frame: Frame): Promise<Buffer> {
  const { path, digest } = JSON.parse(frame.payload.toString()) as {
    path: string
    digest: string | null
  }
  session = await openSession(modelBytes(path, digest))
  const { inputs } = session.signature
  // One row of zeros: a model that cannot compute at all is found before it gets a request.
  await session.run(inputs.map(zeros))
  return jsonFrame(frame.id, FRAME_SIGNATURE, session.signature)
}

function modelBytes(path: string, digest: string | null): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw servingErrors.SERVING_MODEL_UNREADABLE({ detail: errorMessage(error), path })
  }
  const found = digest === null ? null : sha256(bytes)
  if (found !== digest)
    throw servingErrors.SERVING_MODEL_CORRUPT({
      detail: `its SHA-256 is ${found}, registered as ${digest}`,
      path,
    })
  return bytes
}

async function run(frame: Frame): Promise<Buffer> {
  if (session === null) throw new Error('no model is loaded')
  const { inputs, outputs } = session.signature
  const { tensors } = decodeTensors(frame.payload, inputs)
  const startedAt = performance.now()
  const found = await session.run(tensors)
  const ms = performance.now() - startedAt
  return encodeTensors({ id: frame.id, kind: FRAME_RESULT, ms, specs: outputs, tensors: found })
}

async function answer(frame: Frame): Promise<Buffer> {
  try {
    return frame.kind === FRAME_LOAD ? await load(frame) : await run(frame)
  } catch (error) {
    const code = error instanceof RatchetError ? error.code : 'SERVING_INFERENCE_FAILED'
    const detail = error instanceof RatchetError ? error.detail : errorMessage(error)
    return jsonFrame(frame.id, FRAME_ERROR, { code, detail })
  }
}

function write(buffer: Buffer): void {
  for (let offset = 0; offset < buffer.length;)
    offset += writeSync(OUTPUT, buffer, offset, buffer.length - offset)
}

/** A model that loops for ever never reads the end of descriptor 3, so a thread watches the parent. */
function dieWithParent(): void {
  const source = `const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`
  new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } }).unref()
}

/** When memory runs out, the kernel shall take this process and not the gateway. */
function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500')
  } catch {
    // Not Linux, or not allowed: the default order stands.
  }
}

async function serve(): Promise<void> {
  const reader = frameReader(MAX_FRAME)
  const chunk = Buffer.allocUnsafe(64 * 1024)
  for (;;) {
    const length = readSync(INPUT, chunk, 0, chunk.length, null)
    if (length === 0) return
    const answers: Buffer[] = []
    for (const frame of reader.push(Buffer.from(chunk.subarray(0, length))))
      // One after the other is the point: the model has one thread.
      answers.push(await answer(frame))
    write(Buffer.concat(answers))
  }
}

dieFirst()
dieWithParent()
await serve()
process.exit(0)
