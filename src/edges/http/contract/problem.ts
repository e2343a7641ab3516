import { z } from 'zod'

/** RFC 9457. `code` is a row of docs/errors.md, `path` the field or file it is about, `next` what to do. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  path: z.string().nullable(),
  next: z.string(),
})
export type Problem = z.infer<typeof problemSchema>
