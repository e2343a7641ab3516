/** `1,234`, `0.042`, `351`: as many digits as the size of a number carries. */
export function number(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  const text = value.toLocaleString('en-US', { maximumFractionDigits: digits })
  return text.replace('-', '−')
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `+4.1`, `−0.4`, `0`: a difference wears its sign. */
export function signed(value: number, digits?: number): string {
  const text = digits === undefined ? number(value) : fixed(value, digits)
  return value > 0 && Number(text) !== 0 ? `+${text}` : text
}

/** An estimate has no more digits than its interval carries: two that are not certain. */
function digitsOf({ lo, hi }: Bounds): number {
  const width = Math.abs(hi - lo)
  return width > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(width)))) : 2
}

function fixed(value: number, digits: number): string {
  const text = value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace('-', '−')
}

interface Bounds {
  readonly lo: number
  readonly hi: number
}

/** `+2.0 (−0.2 to +4.2)`: a difference with its interval. */
export function signedEstimate(value: number, bounds: Bounds): string {
  const digits = digitsOf(bounds)
  return `${signed(value, digits)} (${signedBounds(bounds)})`
}

/** `−0.2 to +4.2`. */
export function signedBounds(bounds: Bounds): string {
  const digits = digitsOf(bounds)
  return `${signed(bounds.lo, digits)} to ${signed(bounds.hi, digits)}`
}

/** The number and its unit, as print sets them: `4.1 %`, `1.1 ms`, `351 births a day`. */
export function quantity(value: number, unit: string): string {
  return unit === '' ? number(value) : `${number(value)} ${unit}`
}

/** A share as `25 %`, `0.4 %`. */
export function percent(share: number): string {
  const value = share * 100
  const digits = Math.abs(value) < 1 ? 2 : 1
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })} %`
}

/** `351 ± 22`; a lopsided interval is said in full: `351 (310 to 402)`. */
export function estimate(value: number, interval: Bounds | null): string {
  if (interval === null) return number(value)
  const digits = digitsOf(interval)
  const below = value - interval.lo
  const above = interval.hi - value
  const even = Math.abs(below - above) <= 0.15 * Math.max(below, above)
  return even
    ? `${fixed(value, digits)} ± ${fixed((below + above) / 2, digits)}`
    : `${fixed(value, digits)} (${fixed(interval.lo, digits)} to ${fixed(interval.hi, digits)})`
}

/** `1 rollout`, `3 rollouts`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

const WORDS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten']

/** At the start of a sentence: `Three models`. */
export function inWords(n: number, one: string, many = `${one}s`): string {
  return `${WORDS[n] ?? count(n)} ${n === 1 ? one : many}`
}
