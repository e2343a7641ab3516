import type { Command } from 'commander'
import {
  contentHolds,
  type DataProject,
  dataHistory,
  type DatasetDiff,
  diffDatasets,
  hashPath,
  type HistoryDeps,
  listDatasets,
  nameVersion,
  tableOf,
} from '../../capabilities/datasets/index.ts'
import { findRun, findStagesOf, readStageOuts } from '../../capabilities/pipelines/index.ts'
import { openAnalytics } from '../../storage/analytics/index.ts'
import type { CliContext } from './context.ts'
import { naturalSize } from './data-look.ts'
import { asJson, fromRoot, withDataProject } from './data-project.ts'
import { cliErrors } from './errors.ts'
import { tableLines } from './table.ts'

/** `datasets`: versions that people can talk about. */
export function registerDatasetHistoryCommands(program: Command, context: CliContext): void {
  const datasets = program
    .command('datasets')
    .description('the data sets of the project, or the versions of one, with rows and commits')
    .argument('[path]', 'a data set: its versions')
    .addHelpText(
      'after',
      '\nExamples:\n  ratchet datasets\n  ratchet datasets data/raw.csv\n  ratchet datasets diff data/raw.csv@v1 data/raw.csv',
    )
    .action((path: string | undefined) =>
      path === undefined ? showAll(context) : showVersions(context, path),
    )
  datasets
    .command('diff')
    .description('rows, columns, types and spread of values of two versions compared')
    .argument('<from>', 'PATH@NAME, PATH@REVISION, or PATH for the workspace')
    .argument('<to>')
    .addHelpText('after', '\nExample:\n  ratchet datasets diff data/raw.csv@HEAD~1 data/raw.csv')
    .action((from: string, to: string) => showDiff(context, from, to))
  datasets
    .command('name')
    .description('give the content that a data set has at a commit a name (the Git tag PATH@NAME)')
    .argument('<path>')
    .argument('<name>')
    .option('--rev <commit>', 'the commit', 'HEAD')
    .addHelpText('after', '\nExample:\n  ratchet datasets name data/raw.csv golden')
    .action((path: string, name: string, { rev }: { readonly rev: string }) =>
      withDataProject(context, async (project) => {
        const dataset = fromRoot(context, project, path)
        const named = await nameVersion(project, { dataset, name, rev })
        context.answer(named, [`${named.tag} is ${named.commit.slice(0, 8)}.`])
      }),
    )
  datasets
    .command('used-by')
    .description('what was trained on a data file or a hash; of MODEL/VERSION, what data it used')
    .argument('<what>', 'a path, an MD5, or MODEL/VERSION')
    .addHelpText('after', '\nExample:\n  ratchet datasets used-by data/raw.csv')
    .action((what: string) => showUses(context, what))
}

async function withHistory<T>(
  context: CliContext,
  work: (project: DataProject, deps: HistoryDeps) => Promise<T>,
): Promise<T> {
  const analytics = openAnalytics()
  try {
    return await withDataProject(context, (project) => work(project, { analytics, readStageOuts }))
  } finally {
    await analytics.close()
  }
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

async function showAll(context: CliContext): Promise<void> {
  const datasets = await withHistory(context, listDatasets)
  const rows = datasets.map(({ dataset, versions, latest, rows: count }) => [
    dataset,
    `${versions} version${versions === 1 ? '' : 's'}`,
    naturalSize(latest.size),
    count === null ? '' : `${count} rows`,
    dayOf(latest.committedAt),
    latest.commit.slice(0, 8),
    latest.names.join(' '),
  ])
  const none = ['No commit records data yet: `ratchet add`, then `git commit`.']
  const faults = datasets.map(({ dataset, fault }) => ({ label: dataset, fault }))
  const lines = [...tableLines(rows), ...faultLines(faults)]
  context.answer(asJson({ datasets }), rows.length === 0 ? none : lines)
}

async function showVersions(context: CliContext, path: string): Promise<void> {
  const { dataset, versions, columns } = await withHistory(context, async (project, deps) => {
    const name = fromRoot(context, project, path)
    const found = await dataHistory(project, { dataset: name })
    const told = []
    for (const version of found) {
      const { rows, fault } = await tableOf(project, `${name}@${version.commit}`, deps)
      told.push({ ...version, rows, fault })
    }
    const { columns } = await tableOf(project, name, deps)
    return { dataset: name, versions: told, columns }
  })
  if (versions.length === 0)
    throw cliErrors.NOTHING_YET({
      detail: `no commit records ${dataset}`,
      next: 'See `ratchet datasets` for those there are.',
    })
  const rows = versions.map((version) => [
    version.md5.slice(0, 8),
    naturalSize(version.size),
    version.rows === null ? '' : `${version.rows} rows`,
    dayOf(version.committedAt),
    version.commit.slice(0, 8),
    version.names.join(' '),
    version.message,
  ])
  const faults = versions.map(({ commit, fault }) => ({ label: commit.slice(0, 8), fault }))
  const schema = columns?.map(({ name, type }) => `${name} ${type}`).join(', ')
  context.answer(asJson({ dataset, versions, columns }), [
    ...tableLines(rows),
    ...(schema === undefined ? [] : [`columns: ${schema}`]),
    ...faultLines(faults),
  ])
}

const MOST_FAULTS = 5

function faultLines(
  told: readonly { readonly label: string; readonly fault: string | null }[],
): readonly string[] {
  const faults = told.filter(({ fault }) => fault !== null)
  const lines = faults.map(({ label, fault }) => `rows of ${label} unknown: ${fault ?? ''}`)
  const more = lines.length - MOST_FAULTS
  return more > 0 ? [...lines.slice(0, MOST_FAULTS), `and of ${more} more`] : lines
}

async function showDiff(context: CliContext, from: string, to: string): Promise<void> {
  const diff = await withHistory(context, (project, deps) =>
    diffDatasets(project, { from, to }, deps),
  )
  context.answer(asJson(diff), diffLines(diff))
}

function diffLines({ from, to, same, table, fault }: DatasetDiff): readonly string[] {
  if (same) return [`${from.label} and ${to.label} are the same (${from.md5.slice(0, 8)}).`]
  const head = `${from.label} ${from.md5.slice(0, 8)} -> ${to.label} ${to.md5.slice(0, 8)}`
  if (fault !== null) return [head, `Rows and columns cannot be compared: ${fault}`]
  if (table === null)
    return [head, 'They are not both CSV or Parquet: `ratchet diff` names the files that differ.']
  const { rows, onlyIn, addedColumns, removedColumns, types, columns } = table
  const list = (label: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${label}: ${names.join(', ')}`]
  const spread = columns.map(({ column, from: old, to: now }) => [
    column,
    change('mean', old.mean, now.mean),
    change('std', old.std, now.std),
    change('min', old.min, now.min),
    change('max', old.max, now.max),
    change('distinct', old.distinct, now.distinct),
    change('nulls', old.nulls, now.nulls),
  ])
  return [
    head,
    `rows: ${rows.from} -> ${rows.to}${onlyIn === null ? '' : `, ${onlyIn.from} gone, ${onlyIn.to} new`}`,
    ...list('columns added', addedColumns),
    ...list('columns removed', removedColumns),
    ...types.map(({ column, from: old, to: now }) => `type of ${column}: ${old} -> ${now}`),
    ...spread.map(([column, ...parts]) => `${column}: ${parts.filter(Boolean).join(', ')}`),
  ]
}

function change(label: string, from: number | string | null, to: number | string | null): string {
  if (from === to) return ''
  const text = (value: number | string | null): string =>
    typeof value === 'number' ? String(Number(value.toPrecision(5))) : (value ?? '-')
  return `${label} ${text(from)} -> ${text(to)}`
}

async function showUses(context: CliContext, what: string): Promise<void> {
  const stores = await context.openStores()
  try {
    await withDataProject(context, async (project) => {
      const model = /^([^/]+)\/(\d+)$/.exec(what)
      const version =
        model === null
          ? null
          : await stores.registry.getVersion(model[1] ?? '', Number(model[2])).catch(() => null)
      if (version === null) return whoUsed(context, project, { what, stores })
      const { dataMd5 } = version
      const known = (await dataHistory(project)).filter(({ md5 }) => md5 === dataMd5)
      context.answer(asJson({ model: what, data_md5: dataMd5, versions: known }), [
        dataMd5 === null
          ? `${what} was registered without its data.`
          : `${what} was trained on ${dataMd5}`,
        ...known.map(({ dataset, commit, names }) =>
          `  ${dataset} at ${commit.slice(0, 8)} ${names.join(' ')}`.trimEnd(),
        ),
      ])
    })
  } finally {
    await stores.close()
  }
}

interface Question {
  readonly what: string
  readonly stores: Awaited<ReturnType<CliContext['openStores']>>
}

async function whoUsed(
  context: CliContext,
  project: DataProject,
  { what, stores }: Question,
): Promise<void> {
  const hashes = await hashesOf(context, project, what)
  const { registry, database } = stores
  const models = await allModels(registry)
  const versions = (await Promise.all(models.map((name) => registry.listVersions(name)))).flat()
  const trained = versions.filter(
    ({ dataMd5 }) => dataMd5 !== null && contentHolds(project, dataMd5, hashes),
  )
  const stages = (
    await Promise.all([...hashes].map((md5) => findStagesOf(database.query, md5)))
  ).flat()
  const runs = new Set(stages.map(({ runId }) => runId))
  const found = await Promise.all([...runs].map((id) => findRun(database.query, id)))
  const uses = {
    hashes: [...hashes],
    models: trained.map(({ model, version, dataMd5 }) => ({ model, version, data_md5: dataMd5 })),
    runs: found.flatMap((run) => (run === null ? [] : [{ id: run.id, model: run.model }])),
  }
  const lines = [
    ...uses.models.map(({ model, version }) => `model ${model}/${version}`),
    ...uses.runs.map(({ id, model }) => `run   ${id}${model === '' ? '' : ` of ${model}`}`),
  ]
  context.answer(
    asJson(uses),
    lines.length === 0 ? [`Nothing known was trained on ${what}.`] : lines,
  )
}

// Every content that a path ever had, or the hash itself.
async function hashesOf(
  context: CliContext,
  project: DataProject,
  what: string,
): Promise<ReadonlySet<string>> {
  if (/^[0-9a-f]{32}(?:\.dir)?$/.test(what)) return new Set([what])
  const dataset = fromRoot(context, project, what)
  const history = await dataHistory(project, { dataset })
  const now = await hashPath(project, dataset, { store: false }).catch(() => null)
  return new Set([...history.map(({ md5 }) => md5), ...(now === null ? [] : [now.md5])])
}

async function allModels(registry: Question['stores']['registry']): Promise<readonly string[]> {
  const models: string[] = []
  let pageToken: string | undefined
  do {
    const page = await registry.searchModels({ maxResults: 1000, pageToken })
    models.push(...page.items.map(({ name }) => name))
    pageToken = page.nextPageToken ?? undefined
  } while (pageToken !== undefined)
  return models
}
