import { errorMessage, RatchetError } from '../../../base/errors.ts'
import type { Analytics } from '../../../storage/analytics/index.ts'
import type { DataProject } from '../project.ts'
import type { ReadStageOuts } from '../tracked/outs.ts'
import { compareTables, type TableDiff } from './compare-tables.ts'
import { findContent } from './find-content.ts'
import { dataHistory, type DataVersion } from './git-history.ts'
import { readTable } from './tables.ts'

export interface DatasetOverview {
  readonly dataset: string
  readonly versions: number
  readonly latest: DataVersion
  /** Of CSV and Parquet in the workspace. */
  readonly rows: number | null
  readonly columns: readonly { readonly name: string; readonly type: string }[] | null
  /** Why the rows of a table cannot be told; null where they are, and of what is no table. */
  readonly fault: string | null
}

export interface HistoryDeps {
  readonly analytics: Analytics
  readonly readStageOuts: ReadStageOuts
}

/** One line a data set: its newest version, how many there are, and what is in it. */
export async function listDatasets(
  project: DataProject,
  deps: HistoryDeps,
): Promise<readonly DatasetOverview[]> {
  const byDataset = new Map<string, DataVersion[]>()
  for (const version of await dataHistory(project)) {
    const known = byDataset.get(version.dataset)
    if (known === undefined) byDataset.set(version.dataset, [version])
    else known.push(version)
  }
  const overviews: DatasetOverview[] = []
  for (const [dataset, versions] of byDataset) {
    const [latest] = versions
    if (latest === undefined) continue
    const table = await tableOf(project, dataset, deps)
    overviews.push({ dataset, versions: versions.length, latest, ...table })
  }
  return overviews
}

/** Rows and columns of a content that can be read as a table; where it is not here or is broken, what is wrong. */
export async function tableOf(
  project: DataProject,
  asked: string,
  { analytics, readStageOuts }: HistoryDeps,
): Promise<Pick<DatasetOverview, 'rows' | 'columns' | 'fault'>> {
  try {
    const content = await findContent(project, asked, readStageOuts)
    const table = await readTable(analytics, content)
    if (table === null) return { rows: null, columns: null, fault: null }
    const columns = [...table.columns].map(([name, type]) => ({ name, type }))
    return { rows: table.rows, columns, fault: null }
  } catch (error) {
    return { rows: null, columns: null, fault: faultOf(error) }
  }
}

// DuckDB quotes the line that it cannot read and gives advice on options, below the first line.
function faultOf(error: unknown): string {
  if (error instanceof RatchetError) return `${error.title.replace(/\.$/, '')}: ${error.detail}`
  const told = errorMessage(error)
  return told.split('\n')[0] ?? told
}

export interface DatasetDiff {
  readonly from: { readonly label: string; readonly md5: string }
  readonly to: { readonly label: string; readonly md5: string }
  readonly same: boolean
  /** Null where one of them is no table, or cannot be read as one. */
  readonly table: TableDiff | null
  /** Why a table cannot be compared; null where it is, and of what is no table. */
  readonly fault: string | null
}

/** Two versions compared: `PATH@NAME`, `PATH@REVISION`, or `PATH` for the workspace. */
export async function diffDatasets(
  project: DataProject,
  { from, to }: { readonly from: string; readonly to: string },
  { analytics, readStageOuts }: HistoryDeps,
): Promise<DatasetDiff> {
  const old = await findContent(project, from, readStageOuts)
  const now = await findContent(project, to, readStageOuts)
  const named = ({ label, md5 }: { label: string; md5: string }) => ({ label, md5 })
  const base = { from: named(old), to: named(now), same: old.md5 === now.md5 }
  try {
    const left = base.same ? null : await readTable(analytics, old)
    const right = left === null ? null : await readTable(analytics, now)
    const isTable = left !== null && right !== null
    return {
      ...base,
      table: isTable ? await compareTables(analytics, left, right) : null,
      fault: null,
    }
  } catch (error) {
    return { ...base, table: null, fault: faultOf(error) }
  }
}
