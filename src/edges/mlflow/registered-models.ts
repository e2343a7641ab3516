import type { RegisteredModel } from '../../capabilities/registry/index.ts'
import { type Call, call, keyValues, type MlflowDeps } from './call.ts'
import type { Fields } from './fields.ts'
import { modelPage } from './read-answers.ts'
import { modelShape, versionShape } from './registry-shapes.ts'
import { WrittenAnswer } from './send.ts'
import { listOrNothing } from './tracking-shapes.ts'
import { versionNumber } from './version-number.ts'

const name = (fields: Fields): string => fields.requiredText('name')

export const registeredModelCalls: readonly Call[] = [
  call('POST', '/registered-models/create', async (fields, deps) => {
    const tags = Object.fromEntries(keyValues(fields, 'tags').map(({ key, value }) => [key, value]))
    const description = fields.text('description') ?? ''
    return whole(deps, await deps.registry.createModel({ name: name(fields), description, tags }))
  }),
  call('GET', '/registered-models/get', async (fields, deps) =>
    whole(deps, await deps.registry.getModel(name(fields))),
  ),
  call('POST', '/registered-models/rename', async (fields, deps) =>
    whole(deps, await deps.registry.renameModel(name(fields), fields.requiredText('new_name'))),
  ),
  call('PATCH', '/registered-models/update', async (fields, deps) => {
    const description = fields.text('description') ?? ''
    return whole(deps, await deps.registry.describeModel(name(fields), description))
  }),
  call('DELETE', '/registered-models/delete', async (fields, { registry }) => {
    await registry.deleteModel(name(fields))
    return {}
  }),
  call('GET', '/registered-models/search', async (fields, { registry }) => {
    const asked = {
      filter: fields.text('filter'),
      orderBy: fields.texts('order_by'),
      maxResults: fields.whole('max_results'),
      pageToken: fields.text('page_token'),
    }
    return new WrittenAnswer(await registry.writeModels(modelPage, asked))
  }),
  call('POST', '/registered-models/get-latest-versions', latestVersions),
  call('GET', '/registered-models/get-latest-versions', latestVersions),
  call('POST', '/registered-models/set-tag', async (fields, { registry }) => {
    const tag = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
    await registry.setModelTag(name(fields), tag)
    return {}
  }),
  call('DELETE', '/registered-models/delete-tag', async (fields, { registry }) => {
    await registry.deleteModelTag(name(fields), fields.requiredText('key'))
    return {}
  }),
  ...aliasCalls(),
]

function aliasCalls(): readonly Call[] {
  return [
    call('POST', '/registered-models/alias', async (fields, { registry }) => {
      await registry.setAlias({
        model: name(fields),
        alias: fields.requiredText('alias'),
        version: versionNumber(fields),
        causedBy: null,
      })
      return {}
    }),
    call('DELETE', '/registered-models/alias', async (fields, { registry }) => {
      const alias = fields.requiredText('alias')
      await registry.deleteAlias({ model: name(fields), alias, causedBy: null })
      return {}
    }),
    call('GET', '/registered-models/alias', async (fields, { registry }) => ({
      model_version: versionShape(
        await registry.getByAlias(name(fields), fields.requiredText('alias')),
      ),
    })),
  ]
}

async function latestVersions(fields: Fields, { registry }: MlflowDeps): Promise<object> {
  const versions = await registry.latestVersions(name(fields), fields.texts('stages'))
  return { model_versions: listOrNothing(versions.map(versionShape)) }
}

async function whole(deps: MlflowDeps, model: RegisteredModel): Promise<object> {
  return { registered_model: await withLatest(deps, model) }
}

async function withLatest({ registry }: MlflowDeps, model: RegisteredModel): Promise<object> {
  return modelShape(model, await registry.latestVersions(model.name))
}
