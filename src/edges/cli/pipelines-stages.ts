import type { Command } from 'commander'
import { freezeDvcFile } from '../../capabilities/datasets/index.ts'
import {
  addStage,
  type Dag,
  dagDot,
  dagMermaid,
  dagText,
  describeStages,
  freezeStages,
  type NewOut,
  readDag,
} from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, folderHere, fromRoot, withDataProject } from './data-project.ts'
import { addressHere, type NameHere, namesHere } from './names-here.ts'
import { type PipelineCommandContext, reproOne } from './pipelines.ts'
import { printRepro, reproDocument } from './pipelines-print.ts'
import { recordLines } from './record-lines.ts'
import { tableLines } from './table.ts'

/** `stage add`, `stage list`, `freeze`, `unfreeze`, `dag`. `forRuns` is for `stage add --run`. */
export function registerStageCommands(
  program: Command,
  context: CliContext,
  forRuns: () => PipelineCommandContext,
): void {
  const stage = program.command('stage').description('add and list the stages of dvc.yaml')
  // Options behind the command of `stage add` are that command's own.
  stage.enablePositionalOptions()
  registerAdd(stage, context, forRuns)
  registerList(stage, context)
  registerDag(program, context)
  for (const [verb, frozen] of [
    ['freeze', true],
    ['unfreeze', false],
  ] as const)
    program
      .command(verb)
      .description(frozen ? 'keep stages as they are, whatever changes' : 'let stages run again')
      .argument('<stages...>', 'stages or .dvc files')
      .addHelpText('after', `\nExample:\n  ratchet ${verb} train`)
      .action((names: readonly string[]) => freeze(context, names, frozen))
}

async function freeze(
  context: CliContext,
  names: readonly string[],
  frozen: boolean,
): Promise<void> {
  const isData = (name: string): boolean => name.endsWith('.dvc')
  const stages = names.filter((name) => !isData(name))
  if (stages.length > 0)
    freezeStages(context.dataRoot(), { names: stages, folder: folderHere(context) }, frozen)
  await withDataProject(context, (project) => {
    for (const name of names.filter(isData))
      freezeDvcFile(project, fromRoot(context, project, name), frozen)
  })
  context.answer(
    { stages: names, frozen },
    names.map((name) => `${frozen ? 'Froze' : 'Unfroze'} ${name}.`),
  )
}

interface AddOptions {
  readonly name: string
  readonly deps: readonly string[]
  readonly params: readonly string[]
  readonly outs: readonly string[]
  readonly outsNoCache: readonly string[]
  readonly outsPersist: readonly string[]
  readonly outsPersistNoCache: readonly string[]
  readonly metrics: readonly string[]
  readonly metricsNoCache: readonly string[]
  readonly plots: readonly string[]
  readonly plotsNoCache: readonly string[]
  readonly wdir?: string
  readonly desc?: string
  readonly alwaysChanged?: boolean
  readonly force?: boolean
  readonly run?: boolean
}

const LISTS = [
  ['-d, --deps <path>', 'what it reads'],
  ['-p, --params <names>', 'keys of params.yaml, or file:key,key'],
  ['-o, --outs <path>', 'what it writes'],
  ['-O, --outs-no-cache <path>', 'what it writes and Git keeps'],
  ['--outs-persist <path>', 'what it adds to, and so is not deleted before'],
  ['--outs-persist-no-cache <path>', 'the same, kept by Git'],
  ['-m, --metrics <path>', 'a metrics file'],
  ['-M, --metrics-no-cache <path>', 'a metrics file that Git keeps'],
  ['--plots <path>', 'a file for plots'],
  ['--plots-no-cache <path>', 'a file for plots that Git keeps'],
] as const

function registerAdd(
  stage: Command,
  context: CliContext,
  forRuns: () => PipelineCommandContext,
): void {
  const command = stage
    .command('add')
    .description('write a stage into dvc.yaml')
    .argument('<command...>', 'what it runs')
    .requiredOption('-n, --name <name>', 'its name')
  const collect = (value: string, known: readonly string[]): readonly string[] => [...known, value]
  for (const [flags, description] of LISTS) command.option(flags, description, collect, [])
  command
    .option('-w, --wdir <folder>', 'where it runs, and where its paths start')
    .option('--desc <text>', 'what it is for')
    .option('--always-changed', 'it runs each time')
    .option('-f, --force', 'replace a stage of the name')
    .option('--run', 'run it then')
    .addHelpText(
      'after',
      '\nExample:\n  ratchet stage add -n train -d train.py -o model.pkl python train.py',
    )
    .passThroughOptions()
    .action(async (words: readonly string[], options: AddOptions) => {
      const { name, deps, params, wdir, desc, alwaysChanged, force } = options
      const { file, written } = await addStage(context.dataRoot(), {
        folder: folderHere(context),
        name,
        cmd: words.length === 1 ? (words[0] ?? '') : words.map(quoteWord).join(' '),
        desc: desc ?? null,
        wdir: wdir ?? null,
        deps,
        params,
        outs: newOuts(options),
        alwaysChanged: alwaysChanged ?? false,
        force: force ?? false,
      })
      const left = await withDataProject(context, (project) =>
        recordLines(context, project, written),
      )
      const added = [`Added stage '${name}' in '${file}'`, ...left]
      if (options.run !== true) return context.answer({ stage: name, file }, added)
      const ran = await reproOne(forRuns(), name)
      const lines = [...added, ...printRepro(ran.result, ran.left)]
      context.answer({ stage: name, file, ran: asJson(reproDocument(ran.result)) }, lines)
      if (ran.result.error !== null) throw ran.result.error
    })
}

// As DVC does: a word with spaces was one word on the command line.
function quoteWord(word: string): string {
  if (word === '') return '""'
  return word.includes(' ') && !word.includes('"') ? `"${word}"` : word
}

function newOuts(options: AddOptions): readonly NewOut[] {
  const all = (
    paths: readonly string[],
    kind: NewOut['kind'],
    flags: { readonly cache?: boolean; readonly persist?: boolean } = {},
  ): readonly NewOut[] =>
    paths.map((path) => ({
      path,
      kind,
      cache: flags.cache ?? true,
      persist: flags.persist ?? false,
    }))
  return [
    ...all(options.outs, 'out'),
    ...all(options.outsNoCache, 'out', { cache: false }),
    ...all(options.outsPersist, 'out', { persist: true }),
    ...all(options.outsPersistNoCache, 'out', { cache: false, persist: true }),
    ...all(options.metrics, 'metric'),
    ...all(options.metricsNoCache, 'metric', { cache: false }),
    ...all(options.plots, 'plot'),
    ...all(options.plotsNoCache, 'plot', { cache: false }),
  ]
}

interface ListOptions {
  readonly all?: boolean
  readonly nameOnly?: boolean
}

function registerList(stage: Command, context: CliContext): void {
  stage
    .command('list')
    .description('the stages of dvc.yaml')
    .argument('[targets...]')
    .option('--all', 'of every dvc.yaml, and .dvc files')
    .option('--fail', 'as with DVC: what cannot be read is a fault in any case')
    .option('--name-only', 'names alone')
    .addHelpText('after', '\nExample:\n  ratchet stage list --all')
    .action((targets: readonly string[], { all = false, nameOnly = false }: ListOptions) =>
      withDataProject(context, (project) => {
        const here = namesHere(context)
        const found = describeStages(project, { targets, folder: folderHere(context), all })
        const rows = found.map((row) => ({ ...row, stage: addressHere(row.stage, here) }))
        const cells = rows.map(({ stage: name, description }) =>
          nameOnly ? [name] : [name, description],
        )
        context.answer(asJson(rows), tableLines(cells))
      }),
    )
}

interface DagOptions {
  readonly mermaid?: boolean
  readonly dot?: boolean
  readonly md?: boolean
  readonly outs?: boolean
  readonly full?: boolean
  readonly collapseForeachMatrix?: boolean
}

function registerDag(program: Command, context: CliContext): void {
  program
    .command('dag')
    .description('what depends on what')
    .argument('[targets...]', 'stages, with what they depend on')
    .option('--mermaid', 'as a Mermaid flowchart')
    .option('--dot', 'as Graphviz DOT')
    .option('--md', 'as Mermaid in Markdown')
    .option('--outs', 'outputs instead of stages')
    .option('--full', 'all that hangs together with the targets')
    .option('--collapse-foreach-matrix', 'stages of one foreach or matrix as one')
    .addHelpText('after', '\nExample:\n  ratchet dag --mermaid')
    .action((targets: readonly string[], options: DagOptions) => {
      const { outs = false, full = false } = options
      const folder = folderHere(context)
      const collapse = options.collapseForeachMatrix ?? false
      const request = { targets, folder, outs, full, collapse }
      const dag = dagHere(readDag(context.dataRoot(), request), outs, namesHere(context))
      context.answer(asJson(dag), dagLines(dag, options))
    })
}

function dagHere({ nodes, edges }: Dag, isOfPaths: boolean, here: NameHere): Dag {
  const named = (node: string): string => (isOfPaths ? here(node) : addressHere(node, here))
  return {
    nodes: nodes.map(named),
    edges: edges.map(([from, to]) => [named(from), named(to)]),
  }
}

function dagLines(dag: Dag, { mermaid, dot, md }: DagOptions): readonly string[] {
  if (dot === true) return dagDot(dag)
  if (md === true) return ['```mermaid', ...dagMermaid(dag), '```']
  return mermaid === true ? dagMermaid(dag) : dagText(dag)
}
