import { join, posix } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { RatchetError } from '../../base/errors.ts'
import { createId } from '../../base/ids.ts'
import { autostage, openDataProject } from '../../capabilities/datasets/index.ts'
import {
  fileOfStage,
  lockFileOf,
  openJournal,
  pipelineStatus,
  reasonText,
  repro,
  type ReproDeps,
  type ReproRequest,
  type ReproResult,
  sourcesToVersion,
  type StageUpdate,
  toldBoth,
  type TrackStages,
} from '../../capabilities/pipelines/index.ts'
import { LogFollower } from './pipelines-log.ts'
import {
  explainStages,
  printRepro,
  printSources,
  printStageStatus,
  reproDocument,
  sourcesDocument,
} from './pipelines-print.ts'
import { recordLines } from './record-lines.ts'

export interface PipelineCommandContext {
  /** Writes one line to standard output. */
  readonly out: (line: string) => void
  /** Writes one line to standard error: what happens meanwhile. */
  readonly progress: (line: string) => void
  /** True after a global `--json`. */
  readonly json: boolean
  readonly projectRoot: string
  /** Where the user stands, from the project's root: targets are named from there. */
  readonly folder: string
  readonly repro: ReproDeps
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly trackStages?: ((runId: string) => Promise<TrackStages | null>) | undefined
}

interface Asked {
  readonly force?: boolean
  readonly forceDownstream?: boolean
  readonly singleItem?: boolean
  readonly pipeline?: boolean
  readonly allPipelines?: boolean
  readonly recursive?: boolean
  readonly downstream?: boolean
  readonly allowMissing?: boolean
  readonly pull?: boolean
  readonly glob?: boolean
  readonly keepGoing?: boolean
  readonly ignoreErrors?: boolean
  readonly interactive?: boolean
  readonly commit: boolean
  readonly runCache: boolean
  readonly jobs?: number
  readonly dry?: boolean
  readonly explain?: boolean
  readonly json?: boolean
}

/** `ratchet repro`: 0 done; a stage that fails is thrown as its error, after what was done is printed. */
export function registerPipelineCommands(program: Command, context: PipelineCommandContext): void {
  program
    .command('repro')
    .description('run the stages of dvc.yaml that changed, and only those')
    .argument(
      '[targets...]',
      'stages, dvc.yaml files, or sub/dvc.yaml:stage; all when none',
      collect,
    )
    .option('-f, --force', 'run them even if nothing changed')
    .option('--force-downstream', 'run what depends on a stage that ran, changed or not')
    .option('-s, --single-item', 'the targets alone, not what they depend on')
    .option('-p, --pipeline', 'the whole pipelines of the targets')
    .option('-P, --all-pipelines', 'every dvc.yaml of the project')
    .option('-R, --recursive', 'a target may be a folder: every stage below it')
    .option('--downstream', 'the targets and what depends on them')
    .option('--pull', 'bring what is missing from the remote, results of earlier runs too')
    .option('--allow-missing', 'data that is missing counts as unchanged')
    .option('--glob', 'targets are patterns such as train*')
    .option('-k, --keep-going', 'after a failure go on with what does not depend on it')
    .option('--ignore-errors', 'after a failure go on with everything')
    .option('-i, --interactive', 'ask before each stage')
    .option('--no-commit', 'write dvc.lock, but store no outputs')
    .option('--no-run-cache', 'run a stage even if an earlier run had the same inputs')
    .option('-j, --jobs <number>', 'stages at a time; as many as cores unless given', wholeNumber)
    .option('--dry', 'only say what would run')
    .option('--explain', 'only say of every stage why it would run or not')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  ratchet repro train')
    .action((targets: readonly string[] | undefined, asked: Asked) =>
      answerRepro(context, targets ?? [], asked),
    )
}

async function answerRepro(
  context: PipelineCommandContext,
  targets: readonly string[],
  asked: Asked,
): Promise<void> {
  const json = context.json || asked.json === true
  const selection = { ...asked, single: asked.singleItem, targets, folder: context.folder }
  if (asked.dry === true || asked.explain === true) {
    const statuses = await pipelineStatus(context.repro, selection)
    const sources = await sourcesToVersion(context.repro, selection)
    const ofStages = asked.explain === true ? explainStages : printStageStatus
    const document = [...sourcesDocument(sources, 'version'), ...statuses]
    const lines = [...printSources(sources, 'version '), ...ofStages(statuses)]
    print(context, json ? [toJson(document)] : lines)
    return
  }
  const onError =
    asked.ignoreErrors === true ? 'ignore' : asked.keepGoing === true ? 'keep-going' : 'fail'
  const confirm = asked.interactive === true ? ask : undefined
  const result = await runRepro(context, { ...selection, onError, confirm }, !json)
  const left = await recordRun(context, result)
  print(context, json ? [toJson(reproDocument(result))] : printRepro(result, left))
  if (result.error !== null) throw result.error
}

/** One stage and nothing that it depends on: what `stage add --run` does. */
export async function reproOne(
  context: PipelineCommandContext,
  target: string,
): Promise<{ readonly result: ReproResult; readonly left: readonly string[] }> {
  const request = { targets: [target], folder: context.folder, single: true }
  const result = await runRepro(context, request, !context.json)
  return { result, left: await recordRun(context, result) }
}

// .gitignore of the outputs seldom changes, so it is staged where that is asked for and not spoken of.
async function recordRun(
  { projectRoot, folder, repro: { stateDir } }: PipelineCommandContext,
  { stages, sources }: ReproResult,
): Promise<readonly string[]> {
  const changed = stages.filter(({ action }) => action !== 'skipped')
  if (changed.length + sources.length === 0) return []
  const data = sources.map(({ file }) => file)
  const locks = changed.map(({ stage }) => lockFileOf(fileOfStage(stage)))
  const outputs = changed.flatMap((stage) => stage.outputs.map(({ path }) => path))
  const ignores = outputs.map((path) => posix.join(posix.dirname(path), '.gitignore'))
  const project = openDataProject(projectRoot, { stateDir })
  try {
    await autostage(project, [...new Set(ignores)])
    return await recordLines({ cwd: join(projectRoot, folder) }, project, [...data, ...locks])
  } finally {
    project.close()
  }
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  if (value.startsWith('-')) throw new InvalidArgumentError('it is no name of a stage')
  return [...(previous ?? []), value]
}

function wholeNumber(value: string): number {
  if (/^[1-9]\d*$/.test(value)) return Number(value)
  throw new InvalidArgumentError('it is no number from 1')
}

async function ask(stage: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`Run ${stage}? [y/n] `)).trim())
  } finally {
    lines.close()
  }
}

function print({ out }: PipelineCommandContext, lines: readonly string[]): void {
  for (const line of lines) out(line)
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

async function runRepro(
  { repro: deps, progress, signal, trackStages }: PipelineCommandContext,
  request: Omit<ReproRequest, 'runId'>,
  showLogs: boolean,
): Promise<ReproResult> {
  const runId = createId('run', deps.clock.now())
  const followed = new Map<string, LogFollower>()
  const onUpdate = async (update: StageUpdate): Promise<void> => {
    if (update.kind === 'started') {
      progress(`running ${update.stage}: ${update.reasons.map(reasonText).join('; ')}`)
      const show = (lines: readonly string[]): void =>
        progress(lines.map((line) => `${update.stage} | ${line}`).join('\n'))
      if (showLogs) followed.set(update.stage, new LogFollower(update.logPath, show))
      return
    }
    const stage = update.kind === 'finished' ? update.result.stage : update.stage
    await followed.get(stage)?.end()
    followed.delete(stage)
  }
  const onWait = (holder: string): void => progress(`waiting for ${holder}`)
  const journal = openJournal({ ...deps, runId, targets: request.targets })
  const first = async (update: StageUpdate): Promise<void> => {
    journal.onUpdate(update)
    await onUpdate(update)
  }
  const told = toldBoth(first, (await trackStages?.(runId)) ?? null)
  try {
    const result = await repro(deps, { ...request, runId, signal, onUpdate: told, onWait })
    await journal.end(result.status, result.error)
    return result
  } catch (error) {
    const known = error instanceof RatchetError ? error : null
    await journal.end(signal.aborted ? 'cancelled' : 'failed', known)
    throw error
  }
}
