import { z } from 'zod'
import { parseDuration, parseTime } from '../../base/time.ts'

export const COLUMN_TYPES = ['integer', 'number', 'string', 'boolean', 'date', 'timestamp'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

const scalar = z.union([z.string(), z.number(), z.boolean()])
const bound = z.union([z.number(), z.string()])

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, 'expected a duration such as 21d, 36h or 90m')

const columnSchema = z
  .strictObject({
    type: z.enum(COLUMN_TYPES),
    nullable: z.boolean().default(true),
    unique: z.boolean().default(false),
    /** Inclusive. Numbers for integer and number, ISO 8601 for date and timestamp. */
    min: bound.optional(),
    max: bound.optional(),
    in: z.array(scalar).min(1).optional(),
    /** Searched for anywhere in the value: write ^ and $ to mean all of it. RE2's language. */
    matches: z.string().refine(isRegex, 'expected a regular expression').optional(),
  })
  .superRefine((column, context) => {
    for (const key of ['min', 'max'] as const) {
      const expected = boundProblem(column.type, column[key])
      if (expected !== null) context.addIssue({ code: 'custom', path: [key], message: expected })
    }
    for (const [index, member] of (column.in ?? []).entries()) {
      const expected = memberProblem(column.type, member)
      if (expected !== null)
        context.addIssue({ code: 'custom', path: ['in', index], message: expected })
    }
  })

export const contractSchema = z.strictObject({
  /** For the reader. */
  name: z.string().optional(),
  description: z.string().optional(),
  columns: z
    .record(z.string(), columnSchema)
    .refine((columns) => Object.keys(columns).length > 0, 'expected at least one column'),
  rows: z
    .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
    .optional(),
  freshness: z.strictObject({ column: z.string(), within: duration }).optional(),
  extra_columns: z.enum(['refuse', 'allow']).default('allow'),
})

export type Contract = z.infer<typeof contractSchema>
export type ColumnContract = z.infer<typeof columnSchema>

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function boundProblem(type: ColumnType, value: number | string | undefined): string | null {
  if (value === undefined) return null
  switch (type) {
    case 'integer':
    case 'number':
      return typeof value === 'number' ? null : 'expected a number'
    case 'date':
    case 'timestamp':
      return typeof value === 'string' && parseTime(value) !== null
        ? null
        : 'expected an ISO 8601 date such as 1971-01-31'
    case 'string':
    case 'boolean':
      return `a ${type} column has no min or max`
  }
}

function memberProblem(type: ColumnType, value: number | string | boolean): string | null {
  switch (type) {
    case 'string':
      return null
    case 'boolean':
      return typeof value === 'boolean' ? null : 'expected true or false'
    case 'integer':
    case 'number':
    case 'date':
    case 'timestamp':
      return typeof value === 'boolean' ? `expected a ${type}` : boundProblem(type, value)
  }
}

export type ReportId = `rpt_${string}`
export type CheckVerdict = 'passed' | 'failed'

export type CheckKind =
  | 'readable'
  | 'column'
  | 'extra_column'
  | 'type'
  | 'nullable'
  | 'unique'
  | 'min'
  | 'max'
  | 'in'
  | 'matches'
  | 'rows'
  | 'freshness'

/** A value that breaks a rule. Rows count from 1 and leave out the header. */
export interface FailingRow {
  readonly row: number
  readonly column: string
  readonly value: string | null
}

export interface CheckResult {
  readonly check: CheckKind
  readonly column: string | null
  readonly verdict: CheckVerdict
  readonly expected: string
  /** What was found, in one sentence. */
  readonly message: string
  /** Rows that break the rule; 0 for a rule about the whole table. */
  readonly failing: number
  /** The first 20 of them. */
  readonly examples: readonly FailingRow[]
}

export interface CheckReport {
  readonly verdict: CheckVerdict
  readonly file: string
  readonly contract: string
  readonly rows: number
  readonly checkedAt: number
  /** How many checks failed. */
  readonly failures: number
  readonly checks: readonly CheckResult[]
}

export interface StoredReport extends CheckReport {
  readonly id: ReportId
  readonly dataset: string
  readonly causedBy: string | null
}
