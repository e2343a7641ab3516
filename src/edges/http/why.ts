import type { FastifyInstance } from 'fastify'
import type { WhyStep } from '../../automation/why.ts'
import { toIso } from '../../base/time.ts'
import type { Why } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { linkOf } from './links.ts'
import { operations } from './operations.ts'

const MOST_FACTS = 40

export function registerWhy(app: FastifyInstance, { why }: Pick<ApiDeps, 'why'>): void {
  handle(app, operations.why, async ({ params }) => toWhy(params.id, await why(params.id)))
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
