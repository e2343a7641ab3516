import { mkdirSync, writeFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { canonicalJson, type Json } from '../../base/json.ts'
import {
  currentBranch,
  diffValues,
  type FileValues,
  flattenValues,
  type FlatValues,
  groupRevisions,
  listRevisions,
  plotPage,
  readMetrics,
  readParams,
  readPlots,
  toJson,
  WORKSPACE,
} from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, folderHere } from './data-project.ts'
import { namesHere } from './names-here.ts'
import {
  changeTable,
  changesJson,
  markdownTable,
  metricsTable,
  plainTable,
} from './pipelines-tables.ts'

/** `params diff`, `metrics show`, `metrics diff`, `plots show`, `plots diff`. */
export function registerReportCommands(program: Command, context: CliContext): void {
  const params = program.command('params').description('parameters across revisions')
  registerDiff(params, context, 'params')
  const metrics = program.command('metrics').description('metrics, now and across revisions')
  registerMetricsShow(metrics, context)
  registerDiff(metrics, context, 'metrics')
  registerPlots(program, context)
}

interface DiffOptions {
  readonly targets?: readonly string[]
  readonly all?: boolean
  readonly deps?: boolean
  readonly md?: boolean
  readonly path: boolean
  readonly precision?: number
}

function registerDiff(parent: Command, context: CliContext, what: 'params' | 'metrics'): void {
  const command = parent
    .command('diff')
    .description(`${what} that differ between two revisions`)
    .argument('[a_rev]', 'HEAD unless given')
    .argument('[b_rev]', 'the workspace unless given')
    .option('--targets <files...>', 'these files alone')
    .option('--all', 'also what does not differ')
    .option('--md', 'as a table in Markdown')
    .option('--no-path', 'without the column of files')
    .addHelpText('after', `\nExample:\n  ratchet ${what} diff HEAD~1`)
  if (what === 'params') command.option('--deps', 'only what stages depend on')
  else command.option('--precision <digits>', 'digits after the point', wholeNumber)
  command.action(async (a: string | undefined, b: string | undefined, options: DiffOptions) => {
    const [from, to] = [a ?? 'HEAD', b ?? WORKSPACE]
    const read = (revision: string) => readFlat(context, what, { revision, options })
    const here = namesHere(context)
    const found = diffValues(await read(from), await read(to), options.all ?? false)
    const changes = found.map((change) => ({ ...change, file: here(change.file) }))
    const rows = changeTable(changes, {
      columns: [from, to],
      withChange: what === 'metrics',
      withPath: options.path,
      precision: what === 'params' ? null : (options.precision ?? 5),
    })
    context.answer(changesJson(changes), tableOf(rows, options.md === true))
  })
}

async function readFlat(
  context: CliContext,
  what: 'params' | 'metrics',
  { revision, options }: { readonly revision: string; readonly options: DiffOptions },
): Promise<ReadonlyMap<string, FlatValues>> {
  const targets = fromHere(context, options.targets ?? [])
  const request = { root: context.dataRoot(), revision, targets }
  if (what === 'params') return readParams(request, options.deps ?? false)
  const files = await readMetrics(request)
  return new Map([...files].map(([file, found]) => [file, flatOrNote(context, file, found)]))
}

// Files as they are named from where the user stands.
function fromHere(context: CliContext, targets: readonly string[]): readonly string[] {
  return targets.map((target) => posix.join(folderHere(context), target))
}

function flatOrNote({ note }: CliContext, file: string, found: FileValues): FlatValues {
  if (found.ok) return flattenValues(found.values)
  note(`${file} cannot be read: ${found.message}`)
  return new Map()
}

function tableOf(rows: readonly (readonly string[])[], md: boolean): readonly string[] {
  return md ? markdownTable(rows) : rows.length > 1 ? plainTable(rows) : []
}

function wholeNumber(value: string): number {
  if (/^\d+$/.test(value)) return Number(value)
  throw new InvalidArgumentError('it is no whole number')
}

interface ShowOptions {
  readonly allBranches?: boolean
  readonly allTags?: boolean
  readonly allCommits?: boolean
  readonly md?: boolean
  readonly precision?: number
}

function registerMetricsShow(metrics: Command, context: CliContext): void {
  metrics
    .command('show')
    .description('the metrics of the workspace, and of other revisions')
    .argument('[targets...]', 'files; all of dvc.yaml when none')
    .option('-a, --all-branches', 'of every branch too')
    .option('-T, --all-tags', 'of every tag too')
    .option('-A, --all-commits', 'of every commit too')
    .option('--md', 'as a table in Markdown')
    .option('--precision <digits>', 'digits after the point', wholeNumber)
    .addHelpText('after', '\nExample:\n  ratchet metrics show --md')
    .action(async (targets: readonly string[], options: ShowOptions) => {
      const shown = await metricsShown(context, targets, options)
      const hasOthers = options.allBranches ?? options.allTags ?? options.allCommits ?? false
      const rows = metricsTable(shown, { precision: options.precision ?? 5, revisions: hasOthers })
      context.answer(metricsJson(shown, !hasOthers), tableOf(rows, options.md === true))
    })
}

type ShownMetrics = ReadonlyMap<string, ReadonlyMap<string, FileValues>>

/** By revision, names of one commit together; the workspace only where it differs from its branch. */
async function metricsShown(
  context: CliContext,
  targets: readonly string[],
  options: ShowOptions,
): Promise<ShownMetrics> {
  const root = context.dataRoot()
  const here = namesHere(context)
  const shown = new Map<string, ReadonlyMap<string, FileValues>>()
  const groups = await groupRevisions(root, await revisionsOf(root, options))
  for (const names of [[WORKSPACE], ...groups]) {
    const [revision = WORKSPACE] = names
    const found = await readMetrics({ root, revision, targets: fromHere(context, targets) })
    for (const [file, values] of found)
      if (!values.ok) context.note(`${revision}: ${file} cannot be read: ${values.message}`)
    shown.set(names.join(','), new Map([...found].map(([file, values]) => [here(file), values])))
  }
  const branch = await currentBranch(root)
  const isSame = branch !== null && sameMetrics(shown.get(WORKSPACE), shown.get(branch))
  if (isSame) shown.delete(WORKSPACE)
  return shown
}

function sameMetrics(
  a: ReadonlyMap<string, FileValues> | undefined,
  b: ReadonlyMap<string, FileValues> | undefined,
): boolean {
  if (a === undefined || b === undefined) return false
  const text = (found: ReadonlyMap<string, FileValues>): string =>
    canonicalJson(metricsJson(new Map([['', found]]), false))
  return text(a) === text(b)
}

async function revisionsOf(root: string, options: ShowOptions): Promise<readonly string[]> {
  if (options.allCommits === true) return listRevisions(root, 'commits')
  const branches = options.allBranches === true ? await listRevisions(root, 'branches') : []
  const tags = options.allTags === true ? await listRevisions(root, 'tags') : []
  return [...new Set([...branches, ...tags])]
}

// DVC's form: the workspace alone stands under an empty name.
function metricsJson(shown: ShownMetrics, onlyWorkspace: boolean): Json {
  const entries = [...shown].map(([revision, files]) => {
    const data = [...files].map(([file, found]) => [
      file,
      found.ok ? { data: toJson(found.values) } : { error: { msg: found.message } },
    ])
    return [onlyWorkspace ? '' : revision, { data: Object.fromEntries(data) as Json }]
  })
  return Object.fromEntries(entries) as Json
}

function registerPlots(program: Command, context: CliContext): void {
  const plots = program.command('plots').description('plots, now and across revisions')
  const write = async (revisions: readonly string[], targets: readonly string[], out: string) => {
    const root = context.dataRoot()
    const found = await readPlots(root, revisions, fromHere(context, targets))
    if (context.wantsJson) return context.answer(asJson(found), [])
    const folder = resolve(context.cwd, out)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'index.html'), plotPage(found, `Plots of ${revisions.join(', ')}`))
    return context.answer({}, [`file://${join(folder, 'index.html')}`])
  }
  plots
    .command('show')
    .description('write a page with the plots of the workspace')
    .argument('[targets...]', 'plots; all of dvc.yaml when none')
    .option('-o, --out <folder>', 'where the page goes', 'dvc_plots')
    .addHelpText('after', '\nExample:\n  ratchet plots show')
    .action((targets: readonly string[], { out }: { readonly out: string }) =>
      write([WORKSPACE], targets, out),
    )
  plots
    .command('diff')
    .description('write a page with the plots of several revisions')
    .argument('[revisions...]', 'HEAD and the workspace unless given')
    .option('--targets <plots...>', 'these plots alone')
    .option('-o, --out <folder>', 'where the page goes', 'dvc_plots')
    .addHelpText('after', '\nExample:\n  ratchet plots diff HEAD~1')
    .action(
      (revisions: readonly string[], options: { targets?: readonly string[]; out: string }) => {
        const chosen = revisions.length === 0 ? ['HEAD', WORKSPACE] : revisions
        const both = chosen.length === 1 ? [...chosen, WORKSPACE] : chosen
        return write(both, options.targets ?? [], options.out)
      },
    )
}
