import { z } from 'zod'
import { durationField } from '../../base/policy-fields.ts'
import type { Severity } from './schema.ts'

/** How long a condition lasts before it fires, and is over before it resolves; in milliseconds of project time. */
export interface Hold {
  readonly forMs: number
  readonly keepFiringMs: number
}

const entrySchema = z
  .strictObject({
    /** A receiver: Slack's payload, or the alert as plain JSON. */
    to: z.enum(['slack', 'webhook']).optional(),
    /** May hold `${NAME}` of an environment variable, so that secrets stay out of the file. */
    url: z.string().min(1).optional(),
    /** Receivers hear of this severity and above. */
    severity: z.enum(['warning', 'critical']).optional(),
    /** A hold: `quality`, `drift`, `drift:weekday`, or `*`; the most exact one counts. */
    rule: z.string().min(1).optional(),
    for: durationField.optional(),
    keep_firing: durationField.optional(),
  })
  .superRefine((entry, context) => {
    const problem = entryProblem(entry)
    if (problem !== null) context.addIssue({ code: 'custom', ...problem })
  })

/** `models.NAME.alerts` of ratchet.yaml: receivers (`to`, `url`) and hold times (`rule`, `for`, `keep_firing`). */
export const alertsPolicySchema = z.array(entrySchema)

export type AlertsPolicy = z.infer<typeof alertsPolicySchema>
type Entry = AlertsPolicy[number]

function entryProblem(entry: Entry): { path: string[]; message: string } | null {
  if (entry.to === undefined && entry.rule === undefined)
    return { path: [], message: 'expected a receiver (to, url) or a hold (rule, for, keep_firing)' }
  if (entry.to !== undefined && entry.url === undefined)
    return { path: ['url'], message: 'expected the address to send to' }
  if (entry.to !== undefined && entry.rule !== undefined)
    return { path: ['rule'], message: 'expected a receiver or a hold, not both in one entry' }
  return entry.to !== undefined && !looksLikeAddress(entry.url ?? '')
    ? { path: ['url'], message: 'expected an http or https address, or ${NAME}' }
    : null
}

function looksLikeAddress(url: string): boolean {
  return url.includes('${') || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))
}

export interface Receiver {
  /** Its place in the policy, by which a notification finds it again. */
  readonly place: number
  readonly to: 'slack' | 'webhook'
  readonly url: string
  readonly severity: Severity
}

export function receivers(policy: AlertsPolicy): readonly Receiver[] {
  return policy.flatMap(({ to, url, severity = 'warning' }, place) =>
    to === undefined || url === undefined ? [] : [{ place, to, url, severity }],
  )
}

/** The hold of a rule: its own entry, else that of its family (`drift` for `drift:weekday`), else `*`, else none. */
export function holdOf(policy: AlertsPolicy, rule: string): Hold {
  const family = rule.split(':')[0]
  const entry = [rule, family, '*']
    .map((name) => policy.find((candidate) => candidate.rule === name))
    .find((found) => found !== undefined)
  return { forMs: entry?.for ?? 0, keepFiringMs: entry?.keep_firing ?? 0 }
}

export type Resolved =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly missing: string }

/** Puts the values of environment variables in place of `${NAME}`. The lookup comes from the configuration. */
export function resolvePlaceholders(
  text: string,
  lookup: (name: string) => string | undefined,
): Resolved {
  let missing: string | undefined
  const resolved = text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = lookup(name)
    if (value === undefined || value === '') missing ??= name
    return value ?? ''
  })
  return missing === undefined ? { ok: true, text: resolved } : { ok: false, missing }
}
