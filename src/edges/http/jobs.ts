import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import { type Job as StoredJob, listJobs } from '../../jobs/index.ts'
import type { Job } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'

export function registerJobs(app: FastifyInstance, { database }: Pick<ApiDeps, 'database'>): void {
  handle(app, operations.jobs, async ({ query: asked }) => {
    const state = asked.state === 'waiting' ? 'queued' : asked.state
    const jobs = await listJobs(database.query, { state, limit: MOST_ROWS })
    const page = pageOf(jobs, asked, ({ id }) => id)
    return { ...page, items: page.items.map(toJob) }
  })
}

function toJob(job: StoredJob): Job {
  const { id, kind, state, progress, attempts, error, finishedAt } = job
  return {
    id,
    kind,
    state: state === 'queued' ? 'waiting' : state,
    subject: subjectOf(job),
    progress,
    attempts,
    max_attempts: job.maxAttempts,
    run_at: toIso(job.runAt),
    finished_at: finishedAt === null ? null : toIso(finishedAt),
    error,
    caused_by: job.causedBy,
  }
}

/** What the payload says it is about; a reaction carries its event. */
function subjectOf({ payload }: StoredJob): string | null {
  if (payload === null || typeof payload !== 'object') return null
  const read = (key: string): string | null => {
    const value: unknown = Reflect.get(payload, key)
    return typeof value === 'string' ? value : null
  }
  const model = read('model')
  const run = read('run_id')
  if (model !== null) return `model:${model}`
  return run === null ? read('subject') : `run:${run}`
}
