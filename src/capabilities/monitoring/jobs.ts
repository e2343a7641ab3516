import type { JobHandler, ScheduleSpec } from '../../jobs/index.ts'
import { checkMonitor } from './check-monitor.ts'
import type { MonitoringDeps } from './deps.ts'
import type { MonitorPolicy } from './policy.ts'

export const CHECK = 'monitoring.check'

/** Payload `{ model }`. */
export function checkHandler(deps: MonitoringDeps): JobHandler {
  return {
    kind: CHECK,
    run: async (job, { complete }) => {
      const { model } = job.payload as { readonly model: string }
      await checkMonitor(deps, { model, causedBy: job.id, alongside: complete })
    },
  }
}

/** When the model is looked at, in project time. */
export function checkSchedule(model: string, policy: MonitorPolicy): ScheduleSpec {
  return {
    name: `monitoring:${model}`,
    cron: policy.schedule,
    timezone: policy.timezone,
    kind: CHECK,
    payload: { model },
  }
}
