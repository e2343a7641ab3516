import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { RatchetError } from '../../base/errors.ts'
import {
  bringListingOf,
  type DataProject,
  datasetErrors,
  type ForeignRepository,
  getFiles,
  listRepository,
  measureRepository,
  openDataProject,
  openForeign,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson } from './data-project.ts'
import { type TreeLine, treeLines } from './data-tree.ts'
import { cliErrors } from './errors.ts'

interface Asked {
  readonly rev?: string
}

/** `ls`, `du`, `get`: look into a repository, this or another, without bringing it all. */
export function registerDataLookCommands(program: Command, context: CliContext): void {
  program
    .command('list')
    .alias('ls')
    .description('what a repository has, that of Git and that of DVC')
    .argument('[url]', 'a folder or the address of a Git repository', '.')
    .argument('[path]', 'a folder in it')
    .option('-R, --recursive', 'all files below')
    .option('-L, --level <depth>', 'with -R: how many folders deep')
    .option('-T, --tree', 'all of it as a tree')
    .option('--dvc-only', 'only what DVC tracks')
    .option('--rev <commit>', 'a commit, branch or tag')
    .option('--size', 'with sizes')
    .option('--show-hash', 'with hashes')
    .addHelpText('after', '\nExample:\n  ratchet ls https://example.com/data.git -R --dvc-only')
    .action((url: string, path: string | undefined, asked: ListAsked) =>
      list(context, { url, path }, asked),
    )
  program
    .command('du')
    .description('how many bytes a repository holds, by entry')
    .argument('[url]', 'a folder or the address of a Git repository', '.')
    .argument('[path]', 'a folder in it')
    .option('--rev <commit>', 'a commit, branch or tag')
    .option('-s, --summarize', 'only the sum')
    .addHelpText('after', '\nExample:\n  ratchet du . data')
    .action((url: string, path: string | undefined, asked: Asked & { summarize?: boolean }) =>
      measure(context, { url, path }, asked),
    )
  program
    .command('get')
    .description('copy a file or folder of another repository here, without tracking it')
    .argument('<url>', 'a folder or the address of a Git repository')
    .argument('<path>', 'a file or folder in it')
    .option('-o, --out <path>', 'where to put it')
    .option('--rev <commit>', 'a commit, branch or tag')
    .option('-f, --force', 'replace what is there')
    .addHelpText('after', '\nExample:\n  ratchet get https://example.com/data.git raw/a.csv')
    .action((url: string, path: string, asked: Asked & { out?: string; force?: boolean }) =>
      get(context, { url, path }, asked),
    )
}

/** Clones are kept beside the project's state, or in the user's cache outside of one. */
export function clonesOf(context: CliContext): string {
  try {
    return join(context.stateDir(), 'clones')
  } catch {
    return join(homedir(), '.cache/ratchet/clones')
  }
}

interface Where {
  readonly url: string
  readonly path: string | undefined
}

async function looking<T>(
  context: CliContext,
  { url, rev }: { readonly url: string; readonly rev: string | undefined },
  work: (project: DataProject, repository: ForeignRepository) => Promise<T>,
): Promise<T> {
  const { project, close } = projectOrScratch(context)
  try {
    const { cwd } = context
    const where = { url, rev, cwd, clones: clonesOf(context), readStageOuts }
    return await work(project, await openForeign(project, where))
  } finally {
    close()
  }
}

/** For what needs no repository, only the settings of the project, if there is one. */
export async function lookingAround<T>(
  context: CliContext,
  work: (project: DataProject) => Promise<T>,
): Promise<T> {
  const { project, close } = projectOrScratch(context)
  try {
    return await work(project)
  } finally {
    close()
  }
}

// Outside of a project what is fetched goes through a cache that is thrown away.
function projectOrScratch(context: CliContext) {
  try {
    const root = context.dataRoot()
    if (existsSync(join(root, '.dvc'))) {
      const project = openDataProject(root, { stateDir: context.stateDir() })
      return { project, close: project.close }
    }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
  }
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-get-'))
  mkdirSync(join(folder, '.dvc'))
  writeFileSync(join(folder, '.dvc/config'), '[core]\n    no_scm = True\n')
  const project = openDataProject(folder)
  const close = (): void => {
    project.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { project, close }
}

function inside(path: string | undefined): string {
  return (path ?? '').replace(/^\.?\/+|\/+$|^\.$/g, '')
}

interface ListAsked extends Asked {
  readonly recursive?: boolean
  readonly tree?: boolean
  readonly level?: string
  readonly dvcOnly?: boolean
  readonly size?: boolean
  readonly showHash?: boolean
}

async function list(context: CliContext, { url, path }: Where, asked: ListAsked): Promise<void> {
  const depth = asked.level === undefined ? undefined : Number(asked.level)
  if (depth !== undefined && !(Number.isInteger(depth) && depth > 0))
    throw cliErrors.CLI_USAGE({ detail: `--level ${asked.level ?? ''} is no number from 1` })
  const lines = await looking(context, { url, rev: asked.rev }, (project, repository) =>
    listRepository(project, repository, {
      path: inside(path),
      recursive: asked.recursive === true || asked.tree === true,
      dvcOnly: asked.dvcOnly,
      depth,
      bringListing: bringListingOf(project, repository),
    }),
  )
  const shown =
    asked.tree === true
      ? treeLines(path ?? '.', lines)
      : lines.map((entry) => ({ text: entry.path, entry }))
  context.answer(asJson(lines), listLines(shown, asked))
}

function listLines(lines: readonly TreeLine[], { size, showHash }: ListAsked): readonly string[] {
  const cells = lines.map(({ text, entry }) => [
    ...(size === true ? [typeof entry?.size === 'number' ? naturalSize(entry.size) : ''] : []),
    ...(showHash === true ? [entry?.md5 ?? '-'] : []),
    text,
  ])
  const width = (column: number): number =>
    Math.max(0, ...cells.map((row) => (row[column] ?? '').length))
  return cells.map((row) =>
    row
      .map((cell, column) => {
        if (column === row.length - 1) return cell
        return size === true && column === 0 ? cell.padStart(width(0)) : cell.padEnd(width(column))
      })
      .join('  '),
  )
}

/** As DVC prints sizes: `139`, `4.00k`, `1.21M`. */
export function naturalSize(bytes: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P']
  let unit = 0
  let value = bytes
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  if (unit === 0) return String(bytes)
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${units[unit] ?? ''}`
}

async function measure(
  context: CliContext,
  { url, path }: Where,
  asked: Asked & { readonly summarize?: boolean },
): Promise<void> {
  const top = inside(path)
  const { entries, total } = await looking(context, { url, rev: asked.rev }, (project, other) =>
    measureRepository(project, other, {
      path: top,
      bringListing: bringListingOf(project, other),
    }),
  )
  const shown = asked.summarize === true ? [] : entries
  const rows = [...shown, [top, total] as const].map(
    ([name, size]) => [naturalSize(size), name] as const,
  )
  const width = Math.max(...rows.map(([size]) => size.length))
  context.answer(
    { entries: Object.fromEntries(shown), total },
    rows.map(([size, name]) => `${size.padEnd(width)}  ${name}`.trimEnd()),
  )
}

async function get(
  context: CliContext,
  { url, path }: { readonly url: string; readonly path: string },
  asked: Asked & { readonly out?: string; readonly force?: boolean },
): Promise<void> {
  const from = inside(path)
  if (from.endsWith('.dvc'))
    throw cliErrors.CLI_USAGE({ detail: `${from} describes data: name the data itself` })
  const target = freePlace(context, { out: asked.out, name: from, force: asked.force })
  const files = await looking(context, { url, rev: asked.rev }, (project, other) =>
    getFiles(project, other, { from, target }),
  )
  context.answer({ path: target, files }, [`${files} files at ${target}`])
}

interface Place {
  /** A new name, or a folder to put it in. */
  readonly out: string | undefined
  /** In the other repository. */
  readonly name: string
  readonly force: boolean | undefined
}

/** Where something that is brought goes. @throws DATASET_OVERLAPS where something is, and it was not asked to replace it */
export function freePlace({ cwd }: CliContext, { out, name, force }: Place): string {
  const asked = resolve(cwd, out ?? basename(name))
  const isFolder =
    out !== undefined && statSync(asked, { throwIfNoEntry: false })?.isDirectory() === true
  const target = isFolder ? join(asked, basename(name)) : asked
  if (!existsSync(target) || force === true) return target
  throw datasetErrors.DATASET_OVERLAPS({
    detail: `${target} exists already`,
    next: 'Name another place with --out, or add --force to replace it.',
  })
}
