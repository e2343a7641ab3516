import type { EventInput } from '../../events/index.ts'
import type { ModelVersion, SetAlias } from './schema.ts'

export function modelCreated(model: string, causedBy: string | null = null): EventInput {
  return { type: 'registry.model_created', subject: `model:${model}`, data: { model }, causedBy }
}

interface TagOfModel {
  readonly model: string
  readonly key: string
}

export function modelTagSet(tag: TagOfModel & { readonly value: string }): EventInput {
  return about('registry.model_tag_set', `model:${tag.model}`, { ...tag })
}

export function modelTagDeleted(tag: TagOfModel): EventInput {
  return about('registry.model_tag_deleted', `model:${tag.model}`, { ...tag })
}

type TagOfVersion = TagOfModel & { readonly version: number }

export function versionTagSet(tag: TagOfVersion & { readonly value: string }): EventInput {
  return about('registry.version_tag_set', `version:${tag.model}/${tag.version}`, { ...tag })
}

export function versionTagDeleted(tag: TagOfVersion): EventInput {
  return about('registry.version_tag_deleted', `version:${tag.model}/${tag.version}`, { ...tag })
}

function about(type: string, subject: string, data: EventInput['data']): EventInput {
  return { type, subject, data, causedBy: null }
}

export function versionCreated(version: ModelVersion): EventInput {
  return {
    type: 'registry.version_created',
    subject: `version:${version.model}/${version.version}`,
    data: {
      model: version.model,
      version: version.version,
      run_id: version.runId,
      pipeline_run_id: version.pipelineRunId,
    },
    causedBy: version.causedBy,
  }
}

export function aliasSet(
  change: Omit<SetAlias, 'version'> & { version: number | null; previous: number | null },
): EventInput {
  const { model, alias, version, previous, causedBy } = change
  return {
    type: 'registry.alias_set',
    subject: `model:${model}`,
    data: { model, alias, version, previous },
    causedBy,
  }
}
