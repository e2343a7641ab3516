import { z } from 'zod'
import { LOGGED_MODEL_STATUSES, RUN_STATUSES } from '../schema.ts'
import { MATCHED_BY } from '../snapshots/schema.ts'

const keyValues = z.array(z.object({ key: z.string(), value: z.string() }))
const lifecycle = z.enum(['active', 'deleted'])
const link = z.object({ modelId: z.string(), step: z.number() })

export const experimentDocument = z.object({
  name: z.string().min(1),
  lifecycle,
  createdAt: z.number(),
  updatedAt: z.number(),
  tags: keyValues,
})

const count = z.number().int().min(0)
const names = z.array(z.string())

/** The project that a run started in. */
const snapshotDocument = z.object({
  snapshot: z.object({
    id: z.string(),
    commit: z.string(),
    changed: names,
    changedCount: count,
    untracked: names,
    untrackedCount: count,
    diff: z.string().nullable(),
    data: z.array(z.object({ path: z.string(), md5: z.string() })),
    dataCount: count,
    at: z.number(),
  }),
  script: z.string(),
  matchedBy: z.enum(MATCHED_BY),
  client: z.string().nullable(),
  at: z.number(),
})

/** A run without its history. */
export const runDocument = z.object({
  id: z.string(),
  name: z.string(),
  userId: z.string(),
  status: z.enum(RUN_STATUSES),
  startTime: z.number(),
  endTime: z.number().nullable(),
  lifecycle,
  artifactUri: z.string(),
  params: keyValues,
  tags: keyValues,
  datasets: z.array(
    z.object({
      dataset: z.object({
        name: z.string(),
        digest: z.string(),
        sourceType: z.string(),
        source: z.string(),
        schema: z.string().nullable(),
        profile: z.string().nullable(),
      }),
      tags: keyValues,
    }),
  ),
  modelInputs: z.array(link),
  modelOutputs: z.array(link),
  // Archives that were written before runs kept it have none.
  startedIn: snapshotDocument.nullable().default(null),
})

/** JSON has no NaN. */
const measured = z.union([z.number(), z.literal('NaN').transform(() => Number.NaN)])

export const pointDocument = z.object({
  key: z.string(),
  value: measured,
  at: z.number().int(),
  step: z.number().int(),
})

export const modelDocument = z.object({
  id: z.string(),
  name: z.string(),
  artifactUri: z.string(),
  status: z.enum(LOGGED_MODEL_STATUSES),
  modelType: z.string().nullable(),
  sourceRunId: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  params: keyValues,
  tags: keyValues,
  metrics: z.array(
    pointDocument.extend({
      runId: z.string(),
      datasetName: z.string().nullable(),
      datasetDigest: z.string().nullable(),
    }),
  ),
})

/** As JSON, with NaN as the word. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && Number.isNaN(one) ? 'NaN' : one,
  )
}
