import type { GateCheck, GateInput, GateVerdict } from './schema.ts'

export interface SentenceFacts {
  readonly input: GateInput
  readonly checks: readonly GateCheck[]
  readonly verdict: GateVerdict
}

/** The verdict for people: `v56 is worse by 4.1 % (1.2 to 7) on 412 rows`. */
export function sentenceFor({ input, checks, verdict }: SentenceFacts): string {
  const version = `v${input.challenger.version}`
  const primary = checks.find(({ kind }) => kind === 'primary')
  const others = checks.filter((check) => check !== primary)
  if (primary === undefined) return firstVersion(version, others, verdict)
  const found = `${version} ${comparison(primary)}`
  if (primary.verdict === 'inconclusive' && verdict === 'inconclusive')
    return `${found}${openEnd(primary)}`
  const reason = objection(others, verdict)
  if (reason === null) return `${found}${shortfall(primary)}`
  return `${found}${primary.verdict === 'passed' ? ', but' : '; and'} ${reason}`
}

function firstVersion(version: string, guards: readonly GateCheck[], verdict: GateVerdict): string {
  const start = `${version} is the first version`
  const reason = objection(guards, verdict)
  if (reason !== null) return `${start}: ${reason}`
  return guards.length === 0
    ? `${start}: there is nothing to compare it with`
    : `${start}: ${guards.length === 1 ? 'its guard' : `all ${guards.length} guards`} passed`
}

/** `is better by 4.1 % (1.2 to 7) on 412 rows`. */
function comparison({ difference, lowerIsBetter, rows }: GateCheck): string {
  const on = `on ${rows ?? 0} ${rows === 1 ? 'row' : 'rows'}`
  if (difference === null) return `cannot be told from the champion ${on}`
  const { value, lo, hi, unit } = difference
  const gained = lowerIsBetter ? -value : value
  if (value === 0 && lo === 0 && hi === 0) return `does exactly as the champion ${on}`
  const word = gained >= 0 ? 'better' : 'worse'
  // Bounds in the direction of the word, smaller first, so that they read like the number before them.
  const ends = value >= 0 ? [lo, hi] : [-hi, -lo]
  const range = ends.map(short).join(' to ')
  return `is ${word} by ${short(Math.abs(value))}${unit === '' ? '' : ` ${unit}`} (${range}) ${on}`
}

const short = (value: number): string => String(Number(value.toFixed(Math.abs(value) < 1 ? 2 : 1)))

function openEnd({ rowsNeeded, asked }: GateCheck): string {
  const more =
    rowsNeeded === null ? 'more rows would hardly tell' : `needs about ${rounded(rowsNeeded)} more`
  return `: not known to be ${asked}; ${more}`
}

// Two digits of an estimate are all that it is worth.
const rounded = (rows: number): number => (rows < 100 ? rows : Number(rows.toPrecision(2)))

// Better, but by less than asked, is a refusal that needs its reason.
function shortfall({ verdict, asked, difference, lowerIsBetter }: GateCheck): string {
  const gained = (lowerIsBetter ? -1 : 1) * (difference?.value ?? 0)
  return verdict === 'failed' && gained > 0 ? `: asked was ${asked}` : ''
}

function objection(checks: readonly GateCheck[], verdict: GateVerdict): string | null {
  const [failed] = checks.filter((check) => check.verdict === 'failed')
  if (failed !== undefined) return `${failed.name} ${failure(failed)} (asked: ${failed.asked})`
  const [open] = checks.filter((check) => check.required && check.verdict === 'inconclusive')
  return verdict === 'inconclusive' && open !== undefined
    ? `${open.name} is not known well enough (asked: ${open.asked})`
    : null
}

function failure(check: GateCheck): string {
  if (check.difference !== null) return comparison(check).replace(/ on \d+ rows?$/, '')
  const unit = check.unit === '' ? '' : ` ${check.unit}`
  return `is ${check.challenger === null ? 'unknown' : `${short(check.challenger)}${unit}`}`
}
