import type { Command } from 'commander'
import type { JsonObject } from '../../base/json.ts'
import {
  type DataDiff,
  type DataStatus,
  dataStatus,
  type DiffEntry,
  diffData,
  notInRemote,
  type TrackedOut,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, fromRoot, withDataProject } from './data-project.ts'
import { cliErrors } from './errors.ts'
import { markdownTable } from './pipelines-tables.ts'

/** `data status` and `diff`: what changed, in DVC's words and JSON. */
export function registerDataChangeCommands(program: Command, context: CliContext): void {
  const known = program.commands.find((command) => command.name() === 'data')
  const data = known ?? program.command('data').description('about versioned data')
  data
    .command('status')
    .description('what differs between the last commit, the .dvc files and the workspace')
    .argument('[targets...]', 'data files or folders; all when none is named')
    .option('--granular', 'each file in tracked folders')
    .option('--unchanged', 'also what did not change')
    .option('--untracked-files [which]', 'also files that neither Git nor DVC knows: all or no')
    .option('--not-in-remote', 'also what the remote lacks')
    .option('-r, --remote <name>', 'the remote to ask, instead of the default one')
    .addHelpText('after', '\nExample:\n  ratchet data status --granular --json')
    .action((targets: readonly string[], asked: StatusAsked) => showStatus(context, targets, asked))
  program
    .command('diff')
    .description('files that differ between two commits, or a commit and the workspace')
    .argument('[from]', 'a commit, branch or tag', 'HEAD')
    .argument('[to]', 'the workspace unless given')
    .option('--targets <paths...>', 'only these files and folders')
    .option('--show-hash', 'with hashes')
    .option('--md', 'as a Markdown table')
    .option('--hide-missing', 'without what the cache lacks')
    .addHelpText('after', '\nExample:\n  ratchet diff v1.0 v1.1 --json')
    .action((from: string, to: string | undefined, asked: DiffAsked) =>
      showDiff(context, { from, to }, asked),
    )
}

interface StatusAsked {
  readonly granular?: boolean
  readonly unchanged?: boolean
  readonly untrackedFiles?: boolean | string
  readonly notInRemote?: boolean
  readonly remote?: string
}

async function showStatus(
  context: CliContext,
  targets: readonly string[],
  asked: StatusAsked,
): Promise<void> {
  const untracked = asked.untrackedFiles !== undefined && asked.untrackedFiles !== 'no'
  const { granular = false, remote } = asked
  if (remote !== undefined && asked.notInRemote !== true)
    throw cliErrors.CLI_USAGE({ detail: '--remote says which one --not-in-remote asks: add that' })
  const status = await withDataProject(context, (project) => {
    const named = targets.map((target) => fromRoot(context, project, target))
    const findMissing = (outs: readonly TrackedOut[]) =>
      notInRemote(project, outs, { remote, granular, targets: named })
    return dataStatus(project, {
      targets: named,
      granular,
      untracked,
      readStageOuts,
      findMissing: asked.notInRemote === true ? findMissing : undefined,
    })
  })
  const shown = asked.unchanged === true ? status : { ...status, unchanged: [] }
  context.answer(statusJson(shown), statusLines(shown))
}

/** DVC's document: what is empty is left out. */
function statusJson(status: DataStatus): JsonObject {
  const { notInCache, notInRemote, committed, uncommitted, untracked, unchanged } = status
  const all = {
    not_in_cache: notInCache,
    not_in_remote: notInRemote,
    committed,
    uncommitted,
    untracked,
    unchanged,
  }
  const filled = Object.entries(all).filter(([, part]) => Object.keys(part).length > 0)
  return asJson(Object.fromEntries(filled)) as JsonObject
}

const LABELS = {
  notInCache: ['Not in cache:', '  (use "ratchet fetch <file>..." to download files)'],
  notInRemote: ['Not in remote:', '  (use "ratchet push <file>..." to upload files)'],
  committed: [
    'DVC committed changes:',
    '  (git commit the corresponding dvc files to update the repo)',
  ],
  uncommitted: [
    'DVC uncommitted changes:',
    '  (use "ratchet commit <file>..." to track changes)',
    '  (use "ratchet checkout <file>..." to discard changes)',
  ],
  untracked: [
    'Untracked files:',
    '  (use "git add <file> ..." or "ratchet add <file>..." to commit to git or to dvc)',
  ],
  unchanged: ['DVC unchanged files:'],
} as const

function statusLines(status: DataStatus): readonly string[] {
  const parts = (Object.keys(LABELS) as (keyof typeof LABELS)[]).flatMap((part) => {
    const items = itemLines(status[part])
    return items.length === 0 ? [] : [[...LABELS[part], ...items.map((item) => `        ${item}`)]]
  })
  const other = parts.length > 0 ? 'other ' : ''
  return [
    ...(parts.length === 0
      ? [`No changes${status.gitEmpty ? ' in an empty git repo' : ''}.`]
      : parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))),
    ...(status.gitDirty
      ? [`(there are ${other}changes not tracked by dvc, use "git status" to see)`]
      : []),
  ]
}

function itemLines(part: DataStatus[keyof typeof LABELS]): readonly string[] {
  if (Array.isArray(part)) return part as readonly string[]
  return Object.entries(part).flatMap(([state, changes]) =>
    (changes as readonly (string | { old: string; new: string })[]).map(
      (change) =>
        `${state}: ${typeof change === 'string' ? change : `${change.old} -> ${change.new}`}`,
    ),
  )
}

interface DiffAsked {
  readonly targets?: readonly string[]
  readonly showHash?: boolean
  readonly md?: boolean
  readonly hideMissing?: boolean
}

async function showDiff(
  context: CliContext,
  { from, to }: { readonly from: string; readonly to: string | undefined },
  asked: DiffAsked,
): Promise<void> {
  const diff = await withDataProject(context, (project) =>
    diffData(project, {
      from,
      to,
      targets: asked.targets?.map((target) => fromRoot(context, project, target)),
      readStageOuts,
    }),
  )
  const hidden = to !== undefined || asked.hideMissing === true
  const withHash = asked.showHash === true
  const lists = listsOf(diff, hidden)
  const lines = asked.md === true ? diffTable(lists, withHash) : diffLines(lists, withHash)
  context.answer(diffJson(lists, withHash), lines)
}

type Lists = readonly (readonly [string, readonly DiffEntry[]])[]

function listsOf(diff: DataDiff, hideMissing: boolean): Lists {
  const { added, deleted, modified, renamed, notInCache } = diff
  const missing = hideMissing ? [] : [['not in cache', notInCache] as const]
  const lists = [
    ['added', added] as const,
    ['deleted', deleted] as const,
    ['modified', modified] as const,
    ['renamed', renamed] as const,
    ...missing,
  ]
  const any = [added, deleted, modified, renamed, notInCache].some((list) => list.length > 0)
  return any ? lists : []
}

function diffJson(lists: Lists, withHash: boolean): JsonObject {
  const entries = lists.map(([kind, list]) => [
    kind,
    list.map(({ path, hash }) => (withHash ? { path, hash } : { path })),
  ])
  return asJson(Object.fromEntries(entries)) as JsonObject
}

const ORDER = ['added', 'deleted', 'renamed', 'modified', 'not in cache']

function diffLines(lists: Lists, withHash: boolean): readonly string[] {
  const ordered = lists.toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
  const groups = ordered.flatMap(([kind, list]) => {
    if (list.length === 0) return []
    const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}:`
    return [title, ...list.map((entry) => `    ${entryText(entry, withHash)}`), '']
  })
  const counts = ordered.flatMap(([kind, list]) => {
    const files = list.filter((entry) => !pathText(entry).endsWith('/')).length
    return files === 0 ? [] : [`${files} ${kind}`]
  })
  return counts.length === 0 ? groups : [...groups, `files summary: ${counts.join(', ')}`]
}

function entryText(entry: DiffEntry, withHash: boolean): string {
  return withHash ? `${digest(entry)}  ${pathText(entry)}` : pathText(entry)
}

function pathText({ path }: DiffEntry): string {
  return typeof path === 'string' ? path : `${path.old} -> ${path.new}`
}

function digest({ hash }: DiffEntry): string {
  if (hash === null || typeof hash === 'string') return (hash ?? '').slice(0, 8)
  return `${(hash.old ?? '').slice(0, 8)}..${(hash.new ?? '').slice(0, 8)}`
}

function diffTable(lists: Lists, withHash: boolean): readonly string[] {
  const ordered = lists.toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
  const rows = ordered.flatMap(([kind, list]) =>
    list.map((entry) =>
      withHash ? [kind, digest(entry), pathText(entry)] : [kind, pathText(entry)],
    ),
  )
  const head = withHash ? ['Status', 'Hash', 'Path'] : ['Status', 'Path']
  return markdownTable([head, ...rows]).slice(0, -1)
}
