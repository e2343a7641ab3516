import { z } from 'zod'

const count = z.number().int().min(0)

/** The account of a model's life. */
export const countsSchema = z.object({
  predictions: z.object({ logged: count, labelled: count }),
  /** Retrainings whose training ended well. */
  retrainings: z.object({ done: count }),
  /** Deliveries that failed their contract; challengers that did not pass their gate, a first version not counted. */
  refused: z.object({ data: count, gate: count }),
  /** Rollouts that were aborted, or rolled back after they were promoted. */
  rolled_back: count,
})
export type Counts = z.infer<typeof countsSchema>
