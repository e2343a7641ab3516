import { type ModelVersion, PROMPT_TAG } from '../../capabilities/registry/index.ts'
import { matchesPrepared, prepareExpression } from '../../storage/database/regular-expression.ts'
import { type Call, call, keyValues, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { versionPage } from './read-answers.ts'
import { versionShape } from './registry-shapes.ts'
import { WrittenAnswer } from './send.ts'
import { versionNumber } from './version-number.ts'

function versionName(fields: Fields) {
  return { model: fields.requiredText('name'), version: versionNumber(fields) }
}

export const modelVersionCalls: readonly Call[] = [
  call('POST', '/model-versions/create', create),
  call('GET', '/model-versions/get', async (fields, { registry }) => {
    const { model, version } = versionName(fields)
    return { model_version: versionShape(await registry.getVersion(model, version)) }
  }),
  call('PATCH', '/model-versions/update', async (fields, { registry }) => {
    const description = fields.text('description') ?? ''
    const version = await registry.describeVersion(versionName(fields), description)
    return { model_version: versionShape(version) }
  }),
  call('DELETE', '/model-versions/delete', async (fields, { registry }) => {
    await registry.deleteVersion(versionName(fields))
    return {}
  }),
  call('GET', '/model-versions/search', async (fields, { registry }) => {
    const asked = {
      filter: fields.text('filter'),
      orderBy: fields.texts('order_by'),
      maxResults: fields.whole('max_results'),
      pageToken: fields.text('page_token'),
    }
    return new WrittenAnswer(await registry.writeVersions(versionPage, asked))
  }),
  call('POST', '/model-versions/transition-stage', async (fields, { registry }) => {
    const version = await registry.transitionStage(versionName(fields), {
      stage: fields.requiredText('stage'),
      archiveExisting: fields.flag('archive_existing_versions'),
    })
    return { model_version: versionShape(version) }
  }),
  call('GET', '/model-versions/get-download-uri', async (fields, { registry }) => {
    const { model, version } = versionName(fields)
    return { artifact_uri: (await registry.getVersion(model, version)).location }
  }),
  call('POST', '/model-versions/set-tag', async (fields, { registry }) => {
    const tag = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
    await registry.setVersionTag(versionName(fields), tag)
    return {}
  }),
  call('DELETE', '/model-versions/delete-tag', async (fields, { registry }) => {
    await registry.deleteVersionTag(versionName(fields), fields.requiredText('key'))
    return {}
  }),
]

async function create(fields: Fields, deps: MlflowDeps): Promise<object> {
  const { registry } = deps
  const model = fields.requiredText('name')
  const source = fields.requiredText('source')
  await checkSource(deps, source)
  const version = await registry.createVersion({
    model,
    // Our own loop makes a model with its first version; MLflow's clients expect to be told that there is none.
    modelExists: true,
    source,
    runId: fields.filledText('run_id') ?? null,
    loggedModelId: fields.filledText('model_id'),
    runLink: fields.filledText('run_link'),
    description: fields.text('description') ?? '',
    tags: Object.fromEntries(keyValues(fields, 'tags').map(({ key, value }) => [key, value])),
  })
  if (version.loggedModelId !== null && version.tags[PROMPT_TAG] === undefined)
    await noteVersion(deps, version)
  return { model_version: versionShape(version) }
}

async function checkSource({ sourceRule }: MlflowDeps, source: string): Promise<void> {
  if (sourceRule === undefined) return
  await prepareExpression(sourceRule)
  if (matchesPrepared(sourceRule, source) === 1) return
  throw new ProtocolError('INVALID_PARAMETER_VALUE', `Invalid model version source: '${source}'.`)
}

const VERSIONS_TAG = 'mlflow.modelVersions'

/** The logged model keeps the list of the versions made of it in a tag, spelled as Python spells JSON. */
async function noteVersion({ tracking }: MlflowDeps, version: ModelVersion): Promise<void> {
  const entry = `{"name": ${JSON.stringify(version.model)}, "version": ${version.version}}`
  await tracking.amendLoggedModelTag(version.loggedModelId ?? '', {
    key: VERSIONS_TAG,
    amend: (before = '') => {
      const list = /^\[(.+)\]$/s.exec(before)?.[1]
      return list === undefined ? `[${entry}]` : `[${list}, ${entry}]`
    },
  })
}
