import type { FastifyInstance } from 'fastify'
import { DAY_MS, toIso } from '../../base/time.ts'
import { qualitySeries } from '../../capabilities/monitoring/index.ts'
import type { Model } from './contract.ts'
import { countModel } from './counts.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { type ModelFacts, readModel } from './model-facts.ts'
import { modelRow } from './model-row.ts'
import { operations } from './operations.ts'
import { pageOf } from './page.ts'
import { listVersionRows } from './versions.ts'

/** The models of ratchet.yaml: rows, pages, versions, accounts. */
export function registerModels(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.models, async ({ query }) => {
    const page = pageOf(Object.keys(deps.project().models).toSorted(), query, (name) => name)
    const rows = page.items.map(async (name) => modelRow(deps, await readModel(deps, name)))
    return { ...page, items: await Promise.all(rows) }
  })
  handle(app, operations.model, ({ params }) => readPage(deps, params.name))
  handle(app, operations.versions, async ({ params, query }) =>
    pageOf(await listVersionRows(deps, params.name), query, ({ version }) => String(version)),
  )
  handle(app, operations.counts, ({ params }) => countModel(deps, params.name))
}

async function readPage(deps: ApiDeps, name: string): Promise<Model> {
  const facts = await readModel(deps, name)
  const { endpoint, versions, rollout, run } = facts
  return {
    ...(await modelRow(deps, facts)),
    endpoint: endpoint?.endpoint ?? null,
    versions: versions.length,
    compared: await compare(deps, facts),
    rollback_to: endpoint?.history.at(-1) ?? null,
    rollout_id: rollout?.id ?? null,
    retraining: run?.status === 'queued' || run?.status === 'running',
  }
}

const COMPARED_MS = 28 * DAY_MS

/** The error of all answers, and what the first version would have had on the same rows. */
async function compare(deps: ApiDeps, { name, champions }: ModelFacts): Promise<Model['compared']> {
  const from = champions[0]?.at
  if (deps.baselineSeries === undefined || from === undefined) return null
  const asked = { model: name, from, to: deps.clock.now(), bucketMs: COMPARED_MS }
  const alone = await deps.baselineSeries(asked)
  if (alone === null) return null
  const rows = await qualitySeries(deps.database.query, asked)
  const aloneAt = new Map(alone.map(({ at, value }) => [at, value]))
  const pairs = rows.flatMap(({ at, n, mean }) => {
    const other = aloneAt.get(at)
    return other === undefined ? [] : [{ n, value: mean * n, alone: other * n }]
  })
  const sum = (pick: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((total, pair) => total + pick(pair), 0)
  const n = sum((pair) => pair.n)
  if (n === 0) return null
  const means = { value: sum((pair) => pair.value) / n, alone: sum((pair) => pair.alone) / n }
  return { ...means, from: toIso(asked.from), to: toIso(asked.to) }
}
