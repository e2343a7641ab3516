import type { Json } from '../../base/json.ts'
import { formatDuration } from '../../base/time.ts'
import {
  type DataSource,
  reasonText,
  type ReproResult,
  type StageResult,
  type StageStatus,
} from '../../capabilities/pipelines/index.ts'

/** `left` is what is to do with Git. */
export function printRepro(
  { stages, sources, error, failures, blocked }: ReproResult,
  left: readonly string[],
): readonly string[] {
  const lines = [...printSources(sources, 'versioned'), ...stages.map(stageLine)]
  const ran = sources.length > 0 || stages.some(({ action }) => action !== 'skipped')
  const failed = [
    ...failures.map(({ stage, error: cause }) => `failed   ${stage}: ${cause.detail}`),
    ...blocked.map((stage) => `left out ${stage}: what it depends on failed`),
  ]
  if (error === null && !ran && failed.length === 0)
    return [...lines, 'Data and pipelines are up to date.']
  return [...lines, ...failed, ...left]
}

/** What `--json` says: data that was versioned again, then the stages. */
export function reproDocument({ sources, stages }: ReproResult): readonly unknown[] {
  return [...sourcesDocument(sources, 'versioned'), ...stages]
}

/** `word` is what is done with them. */
export function printSources(sources: readonly DataSource[], word: string): readonly string[] {
  return sources.map(({ path }) => `${word} ${path}`)
}

export function sourcesDocument(sources: readonly DataSource[], action: string): readonly Json[] {
  return sources.map(({ file, path }) => ({ file, path, action }))
}

function stageLine({ stage, action, durationMs }: StageResult): string {
  return `${action.padEnd(8)} ${stage}${action === 'ran' ? ` (${formatDuration(durationMs)})` : ''}`
}

/** What changed, and what that means for each stage. */
export function printStageStatus(statuses: readonly StageStatus[]): readonly string[] {
  const changed = statuses.filter(({ action, after }) => action !== 'skip' || after.length > 0)
  if (changed.length === 0) return ['Pipelines are up to date.']
  return changed.flatMap(statusLines)
}

/** Also why a stage does not run. */
export function explainStages(statuses: readonly StageStatus[]): readonly string[] {
  return statuses.flatMap((status) =>
    status.action === 'skip' && status.after.length === 0
      ? [
          `${'skip'.padEnd(8)} ${status.stage}`,
          '    its command, inputs and outputs are as dvc.lock says',
        ]
      : statusLines(status),
  )
}

function statusLines({ stage, action, reasons, after, error }: StageStatus): readonly string[] {
  const waits = after.length > 0
  const isOpen = action === 'skip' || action === 'blocked'
  const word = isOpen && waits ? 'after' : action
  return [
    `${word.padEnd(8)} ${stage}`,
    ...reasons.map((reason) => `    ${reasonText(reason)}`),
    ...(waits ? [`    ${waitsFor(after, isOpen)}`] : []),
    ...(error === null || waits ? [] : [`    ${error.detail}`]),
  ]
}

function waitsFor(after: readonly string[], isOpen: boolean): string {
  const names = after.join(', ')
  if (!isOpen) return `it waits for ${names}`
  return `it runs if ${names} ${after.length > 1 ? 'write' : 'writes'} something new`
}
