import type { EventInput } from '../../events/index.ts'
import type { ModelVersion, SetAlias } from './schema.ts'

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
