import { createReadStream } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { findRun, listStages, type StageRecord } from '../../capabilities/pipelines/index.ts'
import type { LogMatch, LogMatches } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'

export function registerLogSearch(app: FastifyInstance, { database }: Pick<ApiDeps, 'database'>) {
  handle(app, operations.searchLogs, async ({ params: { id }, query: asked }) => {
    if ((await findRun(database.query, id)) === null)
      throw httpErrors.NOT_FOUND({ detail: `There is no run ${id}.` })
    const stages = await listStages(database.query, id)
    const meant = stages.filter(({ stage }) => asked.stage === undefined || stage === asked.stage)
    return searchLogs(meant, asked.text, asked.limit)
  })
}

/** Lines that contain a text, whatever the case of its letters, in the order of the stages. */
async function searchLogs(
  stages: readonly StageRecord[],
  text: string,
  limit: number,
): Promise<LogMatches> {
  const matches: LogMatch[] = []
  for (const record of stages)
    for await (const match of matchesIn(record, text.toLowerCase())) {
      if (matches.length === limit) return { matches, more: true }
      matches.push(match)
    }
  return { matches, more: false }
}

const LONGEST_LINE = 2000

async function* matchesIn({ stage, logPath }: StageRecord, text: string) {
  if (logPath === null) return
  for await (const { line, from, bytes } of linesOf(logPath)) {
    const whole = bytes.toString('utf8')
    const at = whole.toLowerCase().indexOf(text)
    if (at < 0) continue
    const start = Math.max(0, at - LONGEST_LINE / 2)
    yield { stage, line, from, text: whole.slice(start, start + LONGEST_LINE) }
  }
}

const MOST_BYTES = 1 << 20

/** With the place of their first byte. A line that does not end is cut, so that memory stays flat. */
async function* linesOf(path: string) {
  let [line, from] = [1, 0]
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path)) {
      rest = Buffer.concat([rest, chunk as Buffer])
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield { line, from, bytes: rest.subarray(0, end) }
        line += 1
        from += end + 1
        rest = rest.subarray(end + 1)
      }
      if (rest.length < MOST_BYTES) continue
      yield { line, from, bytes: rest }
      from += rest.length
      rest = Buffer.alloc(0)
    }
  } catch (error) {
    // A log that is no longer kept has no lines.
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
  if (rest.length > 0) yield { line, from, bytes: rest }
}
