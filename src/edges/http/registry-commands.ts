import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'

type Deps = Pick<ApiDeps, 'registry'>

/** What a person may change of the registry; each change is kept in its history. */
export function registerRegistryCommands(app: FastifyInstance, { registry }: Deps): void {
  handle(app, operations.changeModel, async ({ params: { name, action }, body }) => {
    switch (action) {
      case 'describe':
        await registry.describeModel(name, body.description ?? '')
        return { sentence: `${name} is described.` }
      case 'tag':
        for (const tag of body.set ?? []) await registry.setModelTag(name, tag)
        for (const key of body.unset ?? []) await registry.deleteModelTag(name, key)
        return { sentence: `The tags of ${name} are changed.` }
      case 'alias':
        return changeAlias(registry, name, {
          alias: required(body.alias, 'alias'),
          version: body.version,
        })
      case 'delete':
        await registry.deleteModel(name)
        return { sentence: `${name} is deleted, with all its versions.` }
    }
  })
  handle(app, operations.changeVersion, async ({ params, body }) => {
    const of = { model: params.name, version: params.version }
    const said = `Version ${of.version} of ${of.model}`
    switch (params.action) {
      case 'describe':
        await registry.describeVersion(of, body.description ?? '')
        return { sentence: `${said} is described.` }
      case 'tag':
        for (const tag of body.set ?? []) await registry.setVersionTag(of, tag)
        for (const key of body.unset ?? []) await registry.deleteVersionTag(of, key)
        return { sentence: `The tags of ${said.toLowerCase()} are changed.` }
      case 'stage': {
        const stage = required(body.stage, 'stage')
        await registry.transitionStage(of, { stage, archiveExisting: body.archive_existing })
        return { sentence: `${said} is in stage ${stage}.` }
      }
      case 'delete':
        await registry.deleteVersion(of)
        return { sentence: `${said} is deleted; its number is not given again.` }
    }
  })
}

interface AliasAsked {
  readonly alias: string
  readonly version?: number | null | undefined
}

async function changeAlias(
  registry: Deps['registry'],
  model: string,
  { alias, version = null }: AliasAsked,
): Promise<{ sentence: string }> {
  if (version === null) {
    await registry.deleteAlias({ model, alias, causedBy: null })
    return { sentence: `The alias ${alias} of ${model} is taken away.` }
  }
  await registry.setAlias({ model, alias, version, causedBy: null })
  return { sentence: `${model}@${alias} is version ${version}.` }
}

function required<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value
  throw httpErrors.REQUEST_INVALID({ detail: `The field ${path} is missing.`, path })
}
