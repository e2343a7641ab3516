import { open } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { listStages, type StageRecord } from '../../capabilities/pipelines/index.ts'
import type { StageLog } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'

const MOST_BYTES = 512 * 1024

export function registerStageLog(app: FastifyInstance, { database }: Pick<ApiDeps, 'database'>) {
  handle(app, operations.stageLog, async ({ params, query: { stage, from } }) => {
    const stages = await listStages(database.query, params.id)
    const found = stages.find((one) => one.stage === stage)
    if (found === undefined)
      throw httpErrors.NOT_FOUND({ detail: `The run ${params.id} has no stage "${stage}".` })
    return readLog(found, from ?? null)
  })
}

async function readLog(
  { stage, state, logPath }: StageRecord,
  asked: number | null,
): Promise<StageLog> {
  const ended = state !== 'running'
  const nothing = { stage, text: '', from: asked ?? 0, next: asked ?? 0, ended }
  if (logPath === null) return { ...nothing, missing: whyNone(state) }
  const file = await open(logPath).catch(() => null)
  if (file === null)
    return {
      ...nothing,
      missing: ended ? 'The log is no longer kept.' : 'Nothing was written yet.',
    }
  try {
    const { size } = await file.stat()
    const from = Math.min(asked ?? Math.max(0, size - MOST_BYTES), size)
    const length = Math.min(size - from, MOST_BYTES)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, from)
    const whole = wholeCharacters(buffer, ended && from + length === size)
    return {
      stage,
      text: whole.toString('utf8'),
      from,
      next: from + whole.length,
      ended: ended && from + whole.length === size,
      missing: null,
    }
  } finally {
    await file.close()
  }
}

function whyNone(state: StageRecord['state']): string {
  switch (state) {
    case 'skipped':
      return 'Nothing ran: nothing had changed.'
    case 'restored':
      return 'Nothing ran: the outputs came from the cache.'
    case 'running':
      return 'Nothing was written yet.'
    case 'cancelled':
    case 'failed':
    case 'ran':
      return 'It kept no log.'
  }
}

/** A character that the end cuts in two is read with the next part. */
function wholeCharacters(bytes: Buffer, isLast: boolean): Buffer {
  if (isLast) return bytes
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) break
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? bytes.subarray(0, bytes.length - back) : bytes
    }
  }
  return bytes
}
