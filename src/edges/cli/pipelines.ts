import { type Command, InvalidArgumentError } from 'commander'
import { createId } from '../../base/ids.ts'
import {
  pipelineStatus,
  reasonText,
  repro,
  type ReproDeps,
  type ReproResult,
  type StageResult,
  type StageStatus,
  type StageUpdate,
} from '../../capabilities/pipelines/index.ts'
import { formatDuration } from '../../base/time.ts'

export interface PipelineCommandContext {
  /** Writes one line to standard output. */
  readonly out: (line: string) => void
  /** Writes one line to standard error: what happens meanwhile. */
  readonly progress: (line: string) => void
  /** True after a global `--json`. */
  readonly json: boolean
  readonly projectRoot: string
  readonly repro: ReproDeps
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

interface Asked {
  readonly force?: boolean
  readonly dry?: boolean
  readonly json?: boolean
}

/** `ratchet repro`: 0 done; a stage that fails is thrown as its error, after what was done is printed. */
export function registerPipelineCommands(program: Command, context: PipelineCommandContext): void {
  program
    .command('repro')
    .description('run the stages of dvc.yaml that changed, and only those')
    .argument('[stages...]', 'stages, with what they depend on; all when none is named', collect)
    .option('--force', 'run them even if nothing changed')
    .option('--dry', 'only say what would run and why')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  ratchet repro train')
    .action(async (stages: readonly string[] | undefined, asked: Asked) => {
      const json = context.json || asked.json === true
      if (asked.dry === true) {
        const statuses = await pipelineStatus(context.repro, { targets: stages ?? [] })
        print(context, json ? [toJson(statuses)] : printStageStatus(statuses))
        return
      }
      const result = await runRepro(context, stages ?? [], asked.force ?? false)
      print(context, json ? [toJson(result.stages)] : printRepro(result))
      if (result.error !== null) throw result.error
    })
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  if (value.startsWith('-')) throw new InvalidArgumentError('it is no name of a stage')
  return [...(previous ?? []), value]
}

function print({ out }: PipelineCommandContext, lines: readonly string[]): void {
  for (const line of lines) out(line)
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

export function runRepro(
  { repro: deps, progress, signal }: Pick<PipelineCommandContext, 'repro' | 'progress' | 'signal'>,
  targets: readonly string[],
  force: boolean,
): Promise<ReproResult> {
  const runId = createId('run', deps.clock.now())
  const onUpdate = async (update: StageUpdate): Promise<void> => {
    if (update.kind !== 'started') return
    progress(`running ${update.stage}: ${update.reasons.map(reasonText).join('; ')}`)
  }
  return repro(deps, { runId, targets, force, signal, onUpdate })
}

export function printRepro({ stages, error }: ReproResult): readonly string[] {
  const lines = stages.map(stageLine)
  const ran = stages.some(({ action }) => action !== 'skipped')
  if (error === null && !ran) return [...lines, 'Data and pipelines are up to date.']
  return ran ? [...lines, 'To record it: git add dvc.lock'] : lines
}

function stageLine({ stage, action, durationMs }: StageResult): string {
  return `${action.padEnd(8)} ${stage}${action === 'ran' ? ` (${formatDuration(durationMs)})` : ''}`
}

export function printStageStatus(statuses: readonly StageStatus[]): readonly string[] {
  const changed = statuses.filter(({ action }) => action !== 'skip')
  if (changed.length === 0) return ['Pipelines are up to date.']
  return changed.flatMap(({ stage, action, reasons, error }) => [
    `${action.padEnd(8)} ${stage}`,
    ...reasons.map((reason) => `    ${reasonText(reason)}`),
    ...(error === null ? [] : [`    ${error.detail}`]),
  ])
}
