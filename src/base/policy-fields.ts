import { z } from 'zod'
import { parseDuration } from './time.ts'

/** `90d`, `10m`, `250ms` → milliseconds. */
export const durationField = z.string().transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== null) return ms
  context.addIssue(`"${text}" is not a duration such as 90d, 6h, 10m, 30s or 250ms`)
  return z.NEVER
})
