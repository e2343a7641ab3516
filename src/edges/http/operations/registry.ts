import { z } from 'zod'
import * as contract from '../contract.ts'
import { get, identified, limited, named, post } from '../operation.ts'

/** What happened to models, versions, aliases, stages and tags. */
export const registryOperations = {
  modelHistory: get(
    '/models/{name}/history',
    'What was changed, from what to what, the newest first',
    {
      answer: contract.historySchema,
      query: limited,
      params: named,
    },
  ),
  undoChange: post('/changes/{id}/undo', 'Take back a change of an alias or a stage', {
    body: z.object({}),
    answer: contract.registryChangeSchema,
    params: identified,
  }),
} as const
