import type { FastifyInstance } from 'fastify'
import { parseTime, toIso } from '../../base/time.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'

type ClockDeps = Pick<ApiDeps, 'clock' | 'commands'>

export function registerClock(app: FastifyInstance, { clock, commands }: ClockDeps): void {
  const now = (): string => toIso(clock.now())
  handle(app, operations.clock, async () => ({ now: now(), replay: clock.mode === 'replay' }))
  handle(app, operations.moveClock, async ({ body }) => {
    const to = parseTime(body.to)
    if (to === null) {
      const detail = `"${body.to}" is not a date or time such as 1971-01-02T06:00:00Z`
      throw httpErrors.REQUEST_INVALID({ detail, path: 'to' })
    }
    const jobs_run = await commands.moveClock(to)
    return { now: now(), jobs_run }
  })
}
