import { z } from 'zod'
import { pageOf, timestampSchema } from './values.ts'

/** One change of the registry: what was changed, from what, to what. */
export const registryChangeSchema = z.object({
  id: z.string(),
  at: timestampSchema,
  model: z.string(),
  /** Null when it is about the model as a whole, or an alias: its versions are the values. */
  version: z.number().int().nullable(),
  what: z.enum(['model', 'name', 'description', 'version', 'stage', 'alias', 'tag']),
  /** The alias or the tag. */
  key: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** `loop`, or the door that it came through: `api`, `cli`. */
  by: z.string(),
  caused_by: z.string().nullable(),
  /** The change that this one took back. */
  undoes: z.string().nullable(),
  sentence: z.string(),
})
export type RegistryChange = z.infer<typeof registryChangeSchema>

export const historySchema = pageOf(registryChangeSchema)
export type History = z.infer<typeof historySchema>
