import type { Command } from 'commander'
import {
  type AddedDataset,
  addDataset,
  type CheckedOut,
  checkoutDatasets,
  type DataProject,
  type DatasetStatus,
  openDataProject,
} from '../../capabilities/datasets/index.ts'

export interface DatasetCommandContext {
  /** Writes one line to standard output. */
  readonly out: (line: string) => void
  /** True after a global `--json`. */
  readonly json: boolean
  readonly projectRoot: string
}

interface Asked {
  readonly json?: boolean
  readonly force?: boolean
}

/** `ratchet add`, `ratchet checkout`: DVC's verbs, on DVC's files. */
export function registerDatasetCommands(program: Command, context: DatasetCommandContext): void {
  program
    .command('add')
    .description('version data files and folders, as `dvc add` does')
    .argument('<paths...>', 'files or folders of the project')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  ratchet add data/raw.csv')
    .action((paths: readonly string[], asked: Asked) =>
      run(context, asked, () => runAdd(context.projectRoot, paths), printAdded),
    )
  program
    .command('checkout')
    .description('make the workspace equal to the .dvc files, from the cache')
    .argument('[targets...]', 'data or .dvc files; all when none is named')
    .option('--force', 'give up changes that are saved nowhere')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  git checkout v1.2 && ratchet checkout')
    .action((targets: readonly string[], asked: Asked) =>
      run(context, asked, () => runCheckout(context.projectRoot, targets, asked), printCheckedOut),
    )
}

async function run<T>(
  { out, json }: DatasetCommandContext,
  asked: Asked,
  work: () => Promise<T>,
  print: (result: T) => readonly string[],
): Promise<void> {
  const result = await work()
  if (json || asked.json === true) out(JSON.stringify(result, null, 2))
  else for (const line of print(result)) out(line)
}

async function withProject<T>(root: string, work: (project: DataProject) => Promise<T>) {
  const project = openDataProject(root)
  try {
    return await work(project)
  } finally {
    project.close()
  }
}

export function runAdd(root: string, paths: readonly string[]): Promise<readonly AddedDataset[]> {
  return withProject(root, async (project) => {
    const added: AddedDataset[] = []
    for (const path of paths) added.push(await addDataset(project, path))
    return added
  })
}

export function printAdded(added: readonly AddedDataset[]): readonly string[] {
  const lines = added.map(({ path, md5, nfiles, changed }) => {
    const files = nfiles === null ? '' : `, ${nfiles} files`
    return `${changed ? 'added' : 'unchanged'}: ${path} (${md5.slice(0, 8)}${files})`
  })
  const written = [...new Set(added.flatMap((item) => item.written))]
  if (written.length === 0) return lines
  return [...lines, `To record it: git add ${written.map(shellQuote).join(' ')}`]
}

function shellQuote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

export function runCheckout(
  root: string,
  targets: readonly string[],
  { force = false }: { readonly force?: boolean },
): Promise<readonly CheckedOut[]> {
  return withProject(root, (project) => checkoutDatasets(project, targets, { force }))
}

export function printCheckedOut(results: readonly CheckedOut[]): readonly string[] {
  const changed = results.filter(({ placed, deleted }) => placed.length + deleted.length > 0)
  if (changed.length === 0) return ['Everything is as its .dvc file says.']
  return changed.map(
    ({ path, placed, deleted }) =>
      `${path}: ${placed.length} files brought back, ${deleted.length} removed`,
  )
}

export function printStatus(statuses: readonly DatasetStatus[]): readonly string[] {
  const changed = statuses.filter(({ state, cached }) => state !== 'unchanged' || !cached)
  if (changed.length === 0) return ['Data is up to date.']
  return changed.flatMap((status) => {
    const cache = status.cached || status.tracked === null ? '' : ' (not in the cache)'
    return [`${status.state.padEnd(10)} ${status.path}${cache}`, ...changeLines(status)]
  })
}

const MOST_SHOWN = 10

function changeLines({ changes }: DatasetStatus): readonly string[] {
  if (changes === null) return []
  const lines = (['added', 'modified', 'deleted'] as const).flatMap((kind) =>
    changes[kind].map((file) => `    ${kind.padEnd(8)} ${file}`),
  )
  const more = lines.length - MOST_SHOWN
  return more > 0 ? [...lines.slice(0, MOST_SHOWN), `    and ${more} more`] : lines
}
