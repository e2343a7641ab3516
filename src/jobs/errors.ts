import { defineErrors } from '../base/errors.ts'

export const jobErrors = defineErrors({
  JOB_FENCED: {
    status: 409,
    exit: 5,
    title: 'Another worker has taken this job over.',
    next: 'Nothing to do: the other worker finishes it.',
  },
  JOB_NOT_FOUND: {
    status: 404,
    exit: 4,
    title: 'There is no such job.',
    next: 'List the jobs with GET /api/v1/jobs.',
  },
  JOB_CRON_INVALID: {
    status: 400,
    exit: 2,
    title: 'A schedule is not a cron expression.',
    next: 'Use five fields, such as "0 2 * * 1" for Mondays at two.',
  },
})
