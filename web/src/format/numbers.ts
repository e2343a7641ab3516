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
export function signed(value: number): string {
  const text = number(value)
  return value > 0 && text !== '0' ? `+${text}` : text
}

/** The number and its unit, as print sets them: `4.1 %`, `1.1 ms`, `351 births a day`. */
export function quantity(value: number, unit: string): string {
  return unit === '' ? number(value) : `${number(value)} ${unit}`
}

/** A share as `25 %`. */
export function percent(share: number): string {
  return `${number(share * 100)} %`
}

/** `351 ± 22`; a lopsided interval is said in full: `351 (310 to 402)`. */
export function estimate(value: number, interval: { lo: number; hi: number } | null): string {
  if (interval === null) return number(value)
  const below = value - interval.lo
  const above = interval.hi - value
  const even = Math.abs(below - above) <= 0.15 * Math.max(below, above)
  return even
    ? `${number(value)} ± ${number((below + above) / 2)}`
    : `${number(value)} (${number(interval.lo)} to ${number(interval.hi)})`
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
