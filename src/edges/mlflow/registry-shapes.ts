import type { ModelVersion, RegisteredModel } from '../../capabilities/registry/index.ts'
import { keyValueList, listOrNothing } from './tracking-shapes.ts'

export function modelShape(model: RegisteredModel, latest: readonly ModelVersion[]) {
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    description: model.description ?? undefined,
    latest_versions: listOrNothing(latest.map(versionShape)),
    tags: keyValueList(model.tags),
    aliases: listOrNothing(
      model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
    ),
  }
}

export function versionShape(version: ModelVersion) {
  return {
    name: version.model,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    user_id: version.userId ?? undefined,
    current_stage: version.stage,
    description: version.description ?? undefined,
    source: version.source,
    run_id: version.runId ?? undefined,
    status: version.status,
    run_link: version.runLink ?? undefined,
    tags: keyValueList(version.tags),
    aliases: listOrNothing(version.aliases),
    model_id: version.loggedModelId ?? undefined,
  }
}
