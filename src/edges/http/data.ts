import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import {
  cloudStatus,
  type DataProject,
  diffDatasets,
  overlayColumn,
  selectOuts,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import { listReports, type StoredReport } from '../../capabilities/validation/index.ts'
import type { CheckReport, DataDiff } from './contract.ts'
import { type DataDeps, readDataSets, withData } from './data-sets.ts'
import { readVersions } from './data-versions.ts'
import type { ApiCommands } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'

const MOST_REPORTS = 50

export function registerData(
  app: FastifyInstance,
  deps: DataDeps & { readonly commands: Pick<ApiCommands, 'notify'> },
): void {
  handle(app, operations.dataSets, async () => ({
    items: (await withData(deps, (project) => readDataSets(deps, project))) ?? [],
  }))
  handle(app, operations.dataSet, ({ query: { path } }) =>
    found(deps, path, (project) => readVersions(deps, project, path)),
  )
  handle(app, operations.dataReports, async ({ query: { path } }) => {
    const reports = await listReports(deps.database.query, { dataset: path, limit: MOST_REPORTS })
    return { items: reports.map((report) => toReport(report, deps.workspace.root)) }
  })
  handle(app, operations.dataNotify, async ({ body: { addresses, Records: records } }) => {
    const told = records.map(({ s3 }) => `s3://${s3.bucket.name}/${decodeKey(s3.object.key)}`)
    return { looks: [...deps.commands.notify([...addresses, ...told])] }
  })
  registerComparing(app, deps)
}

// As forms are encoded: a blank is a plus.
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}

/** @throws NOT_FOUND where nothing is kept in versions at all, or not this. */
async function found<Answer>(
  deps: DataDeps,
  path: string,
  work: (project: DataProject) => Promise<Answer | null>,
): Promise<Answer> {
  const answer = await withData(deps, work)
  if (answer === null) throw httpErrors.NOT_FOUND({ detail: `There is no data set ${path}.` })
  return answer
}

/** Only what is kept in versions is opened: no other file of the machine. */
function kept<Answer>(
  deps: DataDeps,
  path: string,
  work: (project: DataProject) => Promise<Answer | null>,
): Promise<Answer> {
  return found(deps, path, async (project) => {
    const outs = await selectOuts(project, [], { readStageOuts })
    return outs.some((out) => out.path === path) ? work(project) : null
  })
}

function registerComparing(app: FastifyInstance, deps: DataDeps): void {
  const history = { analytics: deps.analytics, readStageOuts }
  handle(app, operations.dataDiff, ({ query }) =>
    kept(deps, query.path, async (project) =>
      toDiff(await diffDatasets(project, sides(query), history)),
    ),
  )
  handle(app, operations.dataOverlay, ({ query }) =>
    kept(deps, query.path, (project) =>
      overlayColumn(project, { ...sides(query), column: query.column }, history),
    ),
  )
  handle(app, operations.dataRemote, async () => {
    const compare = async (project: DataProject) =>
      cloudStatus(project, [], { outs: await selectOuts(project, [], { readStageOuts }) })
    return { items: (await withData(deps, compare)) ?? [] }
  })
}

interface Compared {
  readonly path: string
  readonly from: string
  readonly to?: string | undefined
}

/** As `ratchet datasets diff` takes them: the workspace is the path alone. */
function sides({ path, from, to }: Compared): { readonly from: string; readonly to: string } {
  return { from: `${path}@${from}`, to: to === undefined ? path : `${path}@${to}` }
}

function toDiff({
  from,
  to,
  same,
  fault,
  table,
}: Awaited<ReturnType<typeof diffDatasets>>): DataDiff {
  const hashes = { from: from.md5, to: to.md5, same, fault }
  if (table === null) return { ...hashes, table: null }
  const { rows, onlyIn, addedColumns, removedColumns, types, columns } = table
  return {
    ...hashes,
    table: {
      rows,
      only_in: onlyIn,
      added_columns: addedColumns,
      removed_columns: removedColumns,
      types,
      columns,
    },
  }
}

/** Files of the project are told from its root. */
function fromRoot(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
}

function toReport(report: StoredReport, root: string): CheckReport {
  const { id, verdict, rows, checkedAt, failures, causedBy, checks } = report
  return {
    id,
    verdict,
    file: fromRoot(root, report.file),
    contract: fromRoot(root, report.contract),
    rows,
    at: toIso(checkedAt),
    failures,
    caused_by: causedBy,
    checks,
  }
}
