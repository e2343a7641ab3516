import { z } from 'zod'
import * as contract from './contract.ts'

/** One address of the native API: what it takes and what it answers, for the router and for OpenAPI alike. */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST'
  /** Below `/api/v1`, with parameters in braces. */
  readonly path: string
  readonly summary: string
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly answer: Answer
}

const nothing = z.object({})
export const named = z.object({ name: z.string() })
export const identified = z.object({ id: z.string() })
export const page = contract.pageQuerySchema
/** `limit` is another name for `page_size`. */
export const limited = page.extend({ limit: z.coerce.number().int().min(1).max(1000).optional() })
export const ofModel = limited.extend({ model: z.string().optional() })

export function get<
  Answer extends z.ZodType,
  Query extends z.ZodType = typeof nothing,
  Params extends z.ZodType = typeof nothing,
>(path: string, summary: string, shapes: { answer: Answer; query?: Query; params?: Params }) {
  const { answer } = shapes
  // The defaults above are the types of these fallbacks.
  const query = (shapes.query ?? nothing) as Query
  const params = (shapes.params ?? nothing) as Params
  return { method: 'GET' as const, path, summary, params, query, body: nothing, answer }
}

export function post<
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Params extends z.ZodType = typeof nothing,
>(path: string, summary: string, shapes: { body: Body; answer: Answer; params?: Params }) {
  const { body, answer } = shapes
  const params = (shapes.params ?? nothing) as Params
  return { method: 'POST' as const, path, summary, params, query: nothing, body, answer }
}
