import { sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import type { KeyValue } from './schema.ts'
import { tables } from './store.ts'

/** Data that runs of an experiment read, and what for. */
export interface DatasetSummary {
  readonly experimentId: string
  readonly name: string
  readonly digest: string
  readonly context: string | null
}

const MOST_SUMMARIES = 1000
const CONTEXT_TAG = 'mlflow.data.context'

/** Each data set once for every context that it was used in; at most a thousand. */
export async function searchDatasets(
  query: Query,
  experimentIds: readonly string[],
): Promise<readonly DatasetSummary[]> {
  const ids = experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number)
  if (ids.length === 0) return []
  const rows = await tables(query)
    .selectFrom('tracking_run_datasets as used')
    .innerJoin('tracking_runs as run', 'run.id', 'used.run_id')
    .select(['run.experiment_id', 'used.name', 'used.digest', 'used.tags'])
    .distinct()
    .where('run.experiment_id', 'in', ids)
    .orderBy('run.experiment_id')
    .orderBy('used.name')
    .orderBy('used.digest')
    .orderBy(sql`used.tags`)
    .limit(MOST_SUMMARIES)
    .execute()
  const summaries = rows.map(({ experiment_id, name, digest, tags }) => ({
    experimentId: String(experiment_id),
    name,
    digest,
    context: contextOf(tags),
  }))
  const byText = new Map(summaries.map((summary) => [JSON.stringify(summary), summary]))
  return [...byText.values()]
}

function contextOf(tags: string): string | null {
  const list = JSON.parse(tags) as readonly KeyValue[]
  return list.find(({ key }) => key === CONTEXT_TAG)?.value ?? null
}
