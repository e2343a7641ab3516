import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import type {
  ModelVersion,
  RegisteredModel as StoredModel,
  VersionSummary,
} from '../../capabilities/registry/index.ts'
import type { RegisteredModel, RegisteredVersion } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { keyValues } from './experiments.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'
import { readPassport } from './passport.ts'
import { listVersionRows } from './versions.ts'

/** What is registered: models, their versions, and the passport of one. */
export function registerRegistry(app: FastifyInstance, deps: ApiDeps): void {
  const { registry } = deps
  handle(app, operations.registeredModels, async ({ query: asked }) => {
    const { items } = await registry.searchModels({ filter: asked.filter, maxResults: 1000 })
    const page = pageOf(items, asked, ({ name }) => name)
    return { ...page, items: await toModels(deps, page.items) }
  })
  handle(app, operations.registeredModel, async ({ params: { name } }) => {
    const model = await registry.getModel(name)
    const [only] = await registry.summarizeVersions([name])
    return toModel(deps, model, only)
  })
  handle(app, operations.registeredVersions, async ({ params: { name }, query }) => {
    const versions = await registry.listVersions(name)
    const fates = await fatesOf(deps, name)
    const page = pageOf(versions, query, ({ version }) => String(version))
    return { ...page, items: page.items.map((one) => toVersion(one, fates)) }
  })
  handle(app, operations.passport, async ({ params: { name, version } }) => {
    const found = await registry.getVersion(name, version)
    const fates = await fatesOf(deps, name)
    return { ...toVersion(found, fates), ...(await readPassport(deps, found)) }
  })
}

type Fates = ReadonlyMap<number, RegisteredVersion['became']>

/** What became of the versions of a model that the loop trains; of another one, nothing is known. */
async function fatesOf(deps: ApiDeps, name: string): Promise<Fates> {
  if (!isInLoop(deps, name)) return new Map()
  const rows = await listVersionRows(deps, name)
  return new Map(rows.slice(0, MOST_ROWS).map(({ version, status }) => [version, status]))
}

function isInLoop(deps: Pick<ApiDeps, 'project'>, name: string): boolean {
  return Object.hasOwn(deps.project().models, name)
}

async function toModels(
  deps: ApiDeps,
  models: readonly StoredModel[],
): Promise<readonly RegisteredModel[]> {
  const summaries = await deps.registry.summarizeVersions(models.map(({ name }) => name))
  return models.map((model, index) => toModel(deps, model, summaries[index]))
}

function toModel(
  deps: Pick<ApiDeps, 'project'>,
  model: StoredModel,
  summary: VersionSummary | undefined,
): RegisteredModel {
  return {
    name: model.name,
    description: model.description,
    created_at: toIso(model.createdAt),
    updated_at: toIso(model.updatedAt),
    tags: keyValues(model.tags),
    aliases: model.aliases,
    versions: summary?.versions ?? 0,
    latest: summary?.latest ?? null,
    stages: summary?.stages ?? [],
    in_loop: isInLoop(deps, model.name),
  }
}

function toVersion(version: ModelVersion, fates: Fates): RegisteredVersion {
  return {
    model: version.model,
    version: version.version,
    description: version.description,
    stage: version.stage,
    aliases: version.aliases,
    tags: keyValues(version.tags),
    created_at: toIso(version.createdAt),
    updated_at: toIso(version.updatedAt),
    user: version.userId,
    run_id: version.runId,
    became: fates.get(version.version) ?? null,
  }
}
