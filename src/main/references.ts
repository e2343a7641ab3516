import { globSync } from 'node:fs'
import { join } from 'node:path'
import { maturedRows, setReference } from '../capabilities/monitoring/index.ts'
import type { ModelVersion } from '../capabilities/registry/index.ts'
import { literal } from '../storage/analytics/index.ts'
import type { Capabilities } from './capabilities.ts'
import type { Foundation } from './foundation.ts'
import { columnsOf } from './scoring.ts'

// Fewer rows than these make no distribution worth being measured against.
const LEAST_ROWS = 30

/**
 * What a new champion's drift is measured against: the logged requests and truths of the time that it learned from. A first
 * version learned before anything was logged; for it the target column of the training data stands in, where it is named.
 */
export async function referenceFor(
  foundation: Foundation,
  { monitoring }: Capabilities,
  { model, version }: { readonly model: string; readonly version: number },
): Promise<void> {
  const trained = await foundation.registry.getVersion(model, version)
  const rows = await loggedRows(foundation, trained)
  const enough = rows.length >= LEAST_ROWS
  const columns = {
    features: enough ? columnsOf(rows) : {},
    target: enough ? rows.map(({ label }) => label) : await targetColumn(foundation, model),
  }
  await setReference(monitoring, { model, version, columns })
}

async function loggedRows({ database }: Foundation, trained: ModelVersion) {
  const { model, trainFrom, trainUntil } = trained
  if (trainUntil === null) return []
  return maturedRows(database.query, { model, from: trainFrom ?? 0, to: trainUntil })
}

async function targetColumn(foundation: Foundation, model: string): Promise<readonly number[]> {
  const { train, evaluate } = foundation.project.models[model] ?? {}
  if (train === undefined || evaluate?.target === undefined) return []
  const folder = join(foundation.projectRoot, train.data)
  const files = globSync('**/*.csv', { cwd: folder }).map((file) => literal(join(folder, file)))
  if (files.length === 0) return []
  const column = `"${evaluate.target.replaceAll('"', '""')}"`
  const rows = await foundation.analytics.scan(
    `select ${column}::double as value from read_csv([${files.join(', ')}], union_by_name = true) where ${column} is not null`,
  )
  return rows.map(({ value }) => Number(value))
}
