import type { WhyNode } from '../automation/why.ts'

type Facts = WhyNode['facts']

/** One thing in the story of a cause, told by the part that knows it. */
export const node = (
  id: string,
  kind: string,
  told: {
    at?: number | null
    sentence: string
    facts?: Facts
    causes?: readonly (string | null)[]
  },
): WhyNode => ({
  id,
  kind,
  at: told.at ?? null,
  sentence: told.sentence,
  facts: told.facts ?? {},
  causes: (told.causes ?? []).filter((cause) => cause !== null),
})
