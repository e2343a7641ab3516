import type { FastifyInstance } from 'fastify'
import type { WhyStep } from '../../automation/why.ts'
import { toIso } from '../../base/time.ts'
import type { Why } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { linkOf } from './links.ts'
import { operations } from './operations.ts'
import { tellPlainly } from './sentences.ts'

const MOST_FACTS = 40

type WhyDeps = Pick<ApiDeps, 'why' | 'events' | 'database'>

export function registerWhy(app: FastifyInstance, deps: WhyDeps): void {
  handle(app, operations.why, async ({ params }) => {
    const steps = await deps.why(params.id)
    return toWhy(params.id, await Promise.all(steps.map((step) => retell(deps, step))))
  })
}

/** An event is told here in the words that the page has for it everywhere else. */
async function retell({ events, database }: WhyDeps, step: WhyStep): Promise<WhyStep> {
  if (!step.id.startsWith('evt_')) return step
  const event = await events.find(database.query, step.id)
  return event === null ? step : { ...step, sentence: tellPlainly(event).sentence }
}

function toWhy(id: string, steps: readonly WhyStep[]): Why {
  return {
    id,
    sentence: steps[0]?.sentence ?? '',
    chain: steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      at: step.at === null ? null : toIso(step.at),
      sentence: step.sentence,
      link: linkOf(step.id),
      depth: step.depth,
    })),
    facts: factsOf(steps),
  }
}

/** What all of it stands on, the nearest first; a thing that two steps agree on is said once. */
function factsOf(steps: readonly WhyStep[]): Why['facts'] {
  const facts = new Map<string, { readonly name: string; readonly value: string }>()
  for (const { kind, facts: known } of steps)
    for (const [key, value] of Object.entries(known)) {
      if (value === null || facts.has(`${key} ${value}`)) continue
      const name = key === kind ? key : `${kind} ${key}`
      facts.set(`${key} ${value}`, { name: name.replaceAll('_', ' '), value: String(value) })
    }
  return [...facts.values()].slice(0, MOST_FACTS)
}
