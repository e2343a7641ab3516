import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { linkOf, modelLink } from './links.ts'
import { policyOf } from './model-facts.ts'
import { operations } from './operations.ts'
import { NEW_FATES, toVersionRow } from './versions.ts'

/** What a person may ask of a model. */
export function registerCommands(app: FastifyInstance, deps: ApiDeps): void {
  registerMaking(app, deps)
  registerChoosing(app, deps)
  registerPausing(app, deps)
}

function registerMaking(app: FastifyInstance, deps: ApiDeps): void {
  const { commands } = deps
  handle(app, operations.register, async ({ params: { name }, body }) => {
    policyOf(deps, name)
    return toVersionRow(await commands.register(name, body.path ?? null), NEW_FATES)
  })
  handle(app, operations.retrain, async ({ params: { name }, body }) => {
    policyOf(deps, name)
    const { id, runId } = await commands.retrain(name, body.reason ?? null)
    return { sentence: `${name} is being trained again.`, link: linkOf(runId ?? id) }
  })
}

function registerChoosing(app: FastifyInstance, deps: ApiDeps): void {
  const { commands } = deps
  handle(app, operations.promote, async ({ params: { name }, body }) => {
    policyOf(deps, name)
    const { version = null, reason = null, force } = body
    const outcome = await commands.promote({ model: name, version, reason, force })
    const { sentence, verdict, gateId } = outcome
    return { sentence, verdict, link: gateId === null ? modelLink(name) : linkOf(gateId) }
  })
  handle(app, operations.rollback, async ({ params: { name }, body }) => {
    policyOf(deps, name)
    const { version = null, reason = null } = body
    const { champion } = await commands.rollback(name, version, reason)
    return { sentence: `Version ${champion} of ${name} answers again.`, link: modelLink(name) }
  })
}

function registerPausing(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.pause, async ({ params: { name } }) => {
    policyOf(deps, name)
    await deps.commands.setPaused(name, true)
    const sentence = `${name} is not trained again by itself until it is resumed.`
    return { sentence, link: modelLink(name) }
  })
  handle(app, operations.resume, async ({ params: { name } }) => {
    policyOf(deps, name)
    await deps.commands.setPaused(name, false)
    return { sentence: `${name} is trained again by itself.`, link: modelLink(name) }
  })
}
