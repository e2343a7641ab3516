import { considerRetraining, type RetrainingDeps } from '../automation/retraining.ts'
import { checkSchedule } from '../capabilities/monitoring/index.ts'
import {
  type JobHandler,
  listSchedules,
  putSchedule,
  removeSchedule,
  type ScheduleSpec,
} from '../jobs/index.ts'
import type { Foundation } from './foundation.ts'
import type { ProjectFile } from './project-file.ts'
import { watchSchedules } from './watch-jobs.ts'

const SCHEDULED_RETRAINING = 'automation.scheduled_retraining'

/** Asks for a retraining because its time has come. Payload `{ model }`. */
export function scheduledRetrainingHandler(
  { project }: Foundation,
  deps: RetrainingDeps,
): JobHandler {
  return {
    kind: SCHEDULED_RETRAINING,
    run: async (job, { complete }) => {
      const { model } = job.payload as { readonly model: string }
      const { train, retrain, monitor } = project.models[model] ?? {}
      if (train === undefined || retrain === undefined) return
      await considerRetraining(deps, {
        model,
        train,
        retrain,
        labelDelay: monitor?.label_delay ?? 0,
        trigger: 'schedule',
        evidence: {},
        causedBy: job.id,
        key: job.id,
        alongside: complete,
      })
    },
  }
}

/** Makes the stored schedules those of ratchet.yaml: changed ones change, and what it no longer names goes. */
export async function syncSchedules({ database, clock, project }: Foundation): Promise<void> {
  const wanted = [...schedulesOf(project), ...watchSchedules(project)]
  const names = new Set(wanted.map(({ name }) => name))
  const stored = await listSchedules(database.query)
  await database.transaction(async (tx) => {
    for (const { name } of stored) if (!names.has(name)) await removeSchedule(tx, name)
    for (const schedule of wanted) await putSchedule(tx, schedule, clock.now())
  })
}

function schedulesOf({ models }: ProjectFile): readonly ScheduleSpec[] {
  return Object.entries(models).flatMap(([model, { monitor, retrain }]) => [
    ...(monitor === undefined ? [] : [checkSchedule(model, monitor)]),
    ...(retrain?.on ?? []).flatMap((trigger, index) =>
      'schedule' in trigger
        ? [
            {
              name: `retrain:${model}:${index}`,
              cron: trigger.schedule,
              timezone: trigger.timezone,
              kind: SCHEDULED_RETRAINING,
              payload: { model },
            },
          ]
        : [],
    ),
  ])
}
