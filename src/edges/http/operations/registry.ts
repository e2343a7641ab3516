import { z } from 'zod'
import * as contract from '../contract.ts'
import { get, identified, limited, named, post } from '../operation.ts'

const versioned = named.extend({ version: z.coerce.number().int().min(1) })

/** Registered models and their versions, and what happened to models, versions, aliases, stages and tags. */
export const registryOperations = {
  registeredModels: get('/registry', 'Registered models, by name', {
    answer: contract.registeredModelListSchema,
    query: contract.registryQuerySchema,
  }),
  registeredModel: get('/registry/{name}', 'A registered model', {
    answer: contract.registeredModelSchema,
    params: named,
  }),
  changeModel: post('/registry/{name}/{action}', 'Describe, tag, name or delete a model', {
    body: contract.registryCommandSchema,
    answer: contract.registryChangedSchema,
    params: named.extend({ action: contract.modelActionSchema }),
  }),
  registeredVersions: get('/registry/{name}/versions', 'Its versions, the newest first', {
    answer: contract.registeredVersionListSchema,
    query: limited,
    params: named,
  }),
  passport: get('/registry/{name}/versions/{version}', 'Everything known of a version', {
    answer: contract.passportSchema,
    params: versioned,
  }),
  changeVersion: post(
    '/registry/{name}/versions/{version}/{action}',
    'Describe, tag, move or delete a version',
    {
      body: contract.registryCommandSchema,
      answer: contract.registryChangedSchema,
      params: versioned.extend({ action: contract.versionActionSchema }),
    },
  ),
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
