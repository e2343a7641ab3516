import { cronOfInterval } from '../automation/look-interval.ts'
import { systemClock } from '../base/time.ts'
import type { Signal } from '../capabilities/alerts/index.ts'
import { lookForFiles, type Watch, type WatchDeps } from '../capabilities/datasets/index.ts'
import type { JobHandler, JobSpec, ScheduleSpec } from '../jobs/index.ts'
import type { Capabilities } from './capabilities.ts'
import type { Foundation } from './foundation.ts'
import type { ProjectFile } from './project-file.ts'

const LOOK_FOR_FILES = 'datasets.look_for_files'

interface ScheduledWatch extends Watch {
  readonly cron: string
  /** Its owner said how often to look. */
  readonly isPaced: boolean
}

/** Looks for new files at one place. Payload `{ watch }`. */
export function watchHandler(
  { projectRoot, database, clock, events, project }: Foundation,
  { openRules, raise }: Capabilities,
  isBusy: WatchDeps['isBusy'],
): JobHandler {
  const { publish } = events
  const deps = { projectRoot, database, publish, clock, realClock: systemClock, isBusy }
  return {
    kind: LOOK_FOR_FILES,
    run: async (job, { signal, complete }) => {
      const { watch: name } = job.payload as { readonly watch: string }
      const watch = watchesOf(project).find((candidate) => candidate.name === name)
      if (watch === undefined) return
      const options = { causedBy: job.id, signal, alongside: complete }
      const fault = await lookForFiles(deps, watch, options)
      const told = await openRules(watch.model)
      if (fault !== null || told.includes(ruleOf(watch)))
        await raise({
          model: watch.model,
          signals: [signalOf(watch, fault)],
          causedBy: job.id,
        })
    },
  }
}

function ruleOf({ pattern }: Watch): string {
  return `watch:${pattern}`
}

function signalOf(watch: Watch, fault: string | null): Signal {
  return {
    rule: ruleOf(watch),
    condition: fault === null ? 'calm' : 'active',
    severity: 'warning',
    summary:
      fault === null
        ? `New files at ${watch.pattern} are seen again`
        : `New files at ${watch.pattern} cannot be seen: ${fault}`,
    evidence: { pattern: watch.pattern },
  }
}

export function watchSchedules(project: ProjectFile): readonly ScheduleSpec[] {
  return watchesOf(project).map(({ name, cron }) => {
    return { name: scheduleOf(name), cron, kind: LOOK_FOR_FILES, payload: { watch: name } }
  })
}

/** A look out of turn. One of a watch runs at a time: an older listing must not be taken for a newer one. */
export function lookJob(watch: string): JobSpec {
  return {
    kind: LOOK_FOR_FILES,
    payload: { watch },
    lane: scheduleOf(watch),
    causedBy: null,
  }
}

function scheduleOf(watch: string): string {
  return `watch:${watch}`
}

/** The places of all triggers `data`, by the model that they train. */
export function watchesOf({ models }: Pick<ProjectFile, 'models'>): readonly ScheduledWatch[] {
  return Object.entries(models).flatMap(([model, { retrain }]) =>
    (retrain?.on ?? []).flatMap((trigger) => {
      if (!('data' in trigger)) return []
      const { data: pattern, take, every } = trigger
      const interval = every ?? (pattern.includes('://') ? FAR_MS : NEAR_MS)
      const cron = cronOfInterval(interval) ?? EVERY_MINUTE
      const isPaced = every !== undefined
      return [{ name: `${model}:${pattern}`, model, pattern, take, cron, isPaced }]
    }),
  )
}

const NEAR_MS = 60_000
const FAR_MS = 5 * NEAR_MS
const EVERY_MINUTE = '* * * * *'
