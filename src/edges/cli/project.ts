import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { errorMessage, RatchetError } from '../../base/errors.ts'
import {
  findGitTop,
  initDataProject,
  refuseIgnoredProject,
  writeAtomically,
} from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { wholeNumber } from './data-work.ts'
import { cliErrors } from './errors.ts'
import { showStatus, type StatusAsked } from './status.ts'
import { watchFaults } from './watch-faults.ts'

/** `init`, `status`, `doctor`, `schema`. */
export function registerProjectCommands(program: Command, context: CliContext): void {
  program
    .command('init')
    .description('make this Git repository a Ratchet project')
    .option('--name <name>', 'name of the project (default: of the folder)')
    .option('--subdir', 'a folder of a larger Git repository becomes the project')
    .option('--no-scm', 'a folder becomes the project that is in no Git repository')
    .option('-q, --quiet', 'print nothing but faults')
    .option('-v, --verbose', 'for scripts of DVC: faults are always told whole')
    .addHelpText('after', '\nExample:\n  git init && ratchet init --name electricity')
    .action((asked: InitAsked) => init(context, asked))
  program
    .command('status')
    .argument('[targets...]', 'data, .dvc files or stages alone')
    .description('what changed in data and stages, then one line a model of the loop')
    .option('-c, --cloud', 'compare the cache with the remote instead')
    .option('-r, --remote <name>', 'the remote, instead of the default one')
    .option('-j, --jobs <n>', 'questions to the remote at once', wholeNumber)
    .option('-a, --all-branches', 'with --cloud: also what all branches of Git use')
    .option('-T, --all-tags', 'with --cloud: also what all tags use')
    .option('-A, --all-commits', 'with --cloud: also what all commits use')
    .option('-d, --with-deps', 'with a stage also all that it depends on')
    .option('-R, --recursive', 'all that is tracked below the folders named')
    .option('--no-updates', 'as with DVC; where imports come from is not asked anyway')
    .option('--explain', 'of each change from what to what, and what `repro` would do')
    .option('-q, --quiet', 'print nothing; exit code 1 when something changed')
    .addHelpText('after', '\nExamples:\n  ratchet status --explain\n  ratchet status -c --json')
    .action((targets: readonly string[], asked: StatusAsked) => showStatus(context, targets, asked))
  program
    .command('doctor')
    .description('what is wrong here, and how to mend it')
    .addHelpText('after', '\nExample:\n  ratchet doctor')
    .action(() => doctor(context))
  program
    .command('schema')
    .description('JSON Schema of ratchet.yaml, for editors')
    .addHelpText('after', '\nExample:\n  ratchet schema > ratchet.schema.json')
    .action(async () => context.print(JSON.stringify(await context.projectSchema(), null, 2)))
}

const IGNORED = ['/.ratchet']

interface InitAsked {
  readonly name?: string
  readonly subdir?: boolean
  /** False: without Git. */
  readonly scm: boolean
  readonly quiet?: boolean
}

/** Writes what is missing; a second run changes nothing. */
async function init(context: CliContext, asked: InitAsked): Promise<void> {
  const file = join(context.cwd, 'ratchet.yaml')
  requireGit(context.cwd, asked)
  if (asked.scm) await refuseIgnoredProject(context.cwd)
  const name = asked.name ?? basename(context.cwd)
  const isNew = !existsSync(file)
  if (isNew) writeAtomically(file, template(name))
  else if (asked.name !== undefined) throw cliErrors.PROJECT_EXISTS({ detail: file, path: file })
  const written = [
    ...(isNew ? ['ratchet.yaml'] : []),
    ...initDataProject(context.cwd, { withoutGit: !asked.scm }),
    ...(asked.scm && addToGitignore(join(context.cwd, '.gitignore')) ? ['.gitignore'] : []),
  ]
  if (asked.quiet === true) context.silence()
  context.answer({ written }, [
    written.length === 0 ? 'Everything is there already.' : `Wrote ${written.join(', ')}.`,
    'Next: describe a model in ratchet.yaml, then `ratchet up`.',
  ])
}

function requireGit(folder: string, { scm, subdir }: InitAsked): void {
  const top = findGitTop(folder)
  if (!scm || top === folder || (top !== null && subdir === true)) return
  throw cliErrors.CLI_USAGE({
    detail: `${folder} is not the top of a Git repository`,
    next:
      top === null
        ? 'Run `git init` first: versions of data and code belong together. Without Git: `ratchet init --no-scm`.'
        : `Go to ${top}, or make this folder a project of its own: \`ratchet init --subdir\`.`,
  })
}

function addToGitignore(file: string): boolean {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = IGNORED.filter((line) => !text.split('\n').includes(line))
  if (missing.length === 0) return false
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  writeAtomically(file, `${text}${gap}${missing.join('\n')}\n`)
  return true
}

function template(name: string): string {
  return `# The loop of each model. \`ratchet schema\` prints all that may stand here.
project: ${JSON.stringify(name)}

models: {}
#  price:
#    train:    { stage: train, model: models/price.onnx, data: data/sales, window: { last: 90d }, holdout: 14d,
#                until_param: train.until, window_param: train.window_days }
#    data:     { contract: contracts/sales.yaml, deliveries: data/incoming/*.csv }
#    evaluate: { metric: mae, gain: 0.015, confidence: 0.95 }
#    deploy:   { endpoint: price, steps: [shadow 10m, 5%, 25%, 100%] }
#    monitor:  { schedule: "0 6 * * *", window: 7d, label_delay: 1d, performance: { metric: mae, at_most: 500 } }
#    retrain:  { on: [ { schedule: "0 2 * * 1" }, { performance: degraded } ], cooldown: 6h, budget: 4 per week }
`
}

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

async function doctor(context: CliContext): Promise<void> {
  const findings: Finding[] = [
    await finding('ratchet.yaml', async () => {
      const { project, models } = await context.checkProject()
      return `${project}, ${models.length} models`
    }),
    await finding('state folder', async () => {
      if (existsSync(context.stateDir())) accessSync(context.stateDir(), constants.W_OK)
      return context.stateDir()
    }),
    await finding('git', async () =>
      execFileSync('git', ['--version'], { encoding: 'utf8' }).trim(),
    ),
    await finding('control plane', async () => {
      const answer = await context.api().get('/status')
      return `version ${String(answer.version)}`
    }),
    ...(await watchFindings(context)),
  ]
  const bad = findings.filter(({ ok }) => !ok)
  context.answer(
    { findings: findings.map(({ what, ok, detail }) => ({ what, ok, detail })) },
    findings.map(({ what, ok, detail }) => `${ok ? 'ok ' : 'bad'}  ${what}: ${detail}`),
  )
  context.setExitCode(bad.length === 0 ? 0 : 1)
}

/** One for each place that cannot be watched; that nothing runs here is said already. */
async function watchFindings(context: CliContext): Promise<readonly Finding[]> {
  try {
    const faults = await watchFaults(context)
    return faults.map((detail) => ({ what: 'new data', ok: false, detail }))
  } catch {
    return []
  }
}

async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await look() }
  } catch (error) {
    const advice = error instanceof RatchetError ? ` ${error.next}` : ''
    const detail = error instanceof RatchetError ? error.detail : errorMessage(error)
    return { what, ok: false, detail: `${detail}.${advice}` }
  }
}
