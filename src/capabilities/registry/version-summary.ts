import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import type { Stage } from './schema.ts'

/** What a list of models tells of the versions of each. */
export interface VersionSummary {
  readonly versions: number
  /** The newest; `null` where there is none. */
  readonly latest: number | null
  /** The newest of each stage that has one, the newest first. */
  readonly stages: readonly { readonly stage: Stage; readonly version: number }[]
}

interface Row {
  readonly model: string
  readonly stage: Stage
  readonly versions: number | string
  readonly newest: number
}

const NONE: VersionSummary = { versions: 0, latest: null, stages: [] }

/** Of each of these models, in their order; one query, however many versions there are. */
export async function summarizeVersions(
  query: Query,
  models: readonly string[],
): Promise<readonly VersionSummary[]> {
  if (models.length === 0) return []
  const rows = await directOf(query).all<Row>(
    `select model, stage, count(*) as versions, max(version) as newest from registry_versions
     where model in (${placeholders(models.length)}) and deleted_at is null group by model, stage`,
    filled(models),
  )
  const byModel = Map.groupBy(rows, ({ model }) => model)
  return models.map((model) => {
    const own = byModel.get(model)
    return own === undefined ? NONE : summaryOf(own)
  })
}

function summaryOf(rows: readonly Row[]): VersionSummary {
  const newestFirst = rows.toSorted((one, other) => other.newest - one.newest)
  return {
    versions: rows.reduce((sum, { versions }) => sum + Number(versions), 0),
    latest: newestFirst[0]?.newest ?? null,
    stages: newestFirst.flatMap(({ stage, newest }) =>
      stage === 'None' ? [] : [{ stage, version: newest }],
    ),
  }
}
