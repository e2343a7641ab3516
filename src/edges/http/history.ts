import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import { type RegistryChange, registryErrors } from '../../capabilities/registry/index.ts'
import type { RegistryChange as Row } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { pageOf } from './page.ts'

/** The history of the registry, also of models that ratchet.yaml does not name and of those that are gone. */
export function registerHistory(
  app: FastifyInstance,
  { registry }: Pick<ApiDeps, 'registry'>,
): void {
  handle(app, operations.modelHistory, async ({ params: { name }, query }) => {
    const changes = await registry.listChanges(name)
    if (changes.length === 0)
      throw registryErrors.REGISTRY_UNKNOWN({ detail: `Nothing is known of a model "${name}".` })
    return pageOf(changes.map(toRow), query, ({ id }) => id)
  })
  handle(app, operations.undoChange, async ({ params: { id } }) =>
    toRow(await registry.undoChange(id)),
  )
}

function toRow(change: RegistryChange): Row {
  const { causedBy, at, ...rest } = change
  return { ...rest, at: toIso(at), caused_by: causedBy, sentence: sentenceOf(change) }
}

function sentenceOf(change: RegistryChange): string {
  const { model, version, what, key, before, after } = change
  const subject = version === null ? model : `${model} ${version}`
  if (what === 'model') return after === null ? `${model} was deleted.` : `${model} was made.`
  if (what === 'name') return `${before} was renamed to ${after}.`
  if (what === 'version')
    return `Version ${version} of ${model} was ${after === null ? 'deleted' : 'made'}.`
  const thing = key === null ? what : `${what} ${key}`
  // A text that was empty says as little as none.
  if (before === null || before === '') return `${subject}: ${thing} is ${after}.`
  if (after === null || after === '')
    return `${subject}: ${thing} was taken away, it was ${before}.`
  return `${subject}: ${thing} went from ${before} to ${after}.`
}
