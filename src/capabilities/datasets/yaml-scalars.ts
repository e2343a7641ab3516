import { plainTag, type YamlFloat } from './yaml-values.ts'

/** How ruamel.yaml 0.19 would write a text: decided from its characters alone (emitter.py, analyze_scalar). */
export type ScalarStyle = 'plain' | 'single' | 'double'

const BREAKS = '\n\u0085\u2028\u2029'
const SPACES = '\0 \t\r\n\u0085\u2028\u2029'

interface Analysis {
  readonly multiline: boolean
  readonly plain: boolean
  readonly single: boolean
}

/** The style of a text in block context. */
export function textStyle(text: string): ScalarStyle {
  if (text === '') return 'single'
  const analysis = analyze([...text])
  if (plainTag(text) === 'str' && analysis.plain) return 'plain'
  if (text.includes("'") || text.includes('\n')) return 'double'
  return analysis.single ? 'single' : 'double'
}

function analyze(text: readonly string[]): Analysis {
  const first = text[0] ?? ''
  const last = text.at(-1) ?? ''
  const multiline = text.some((ch) => BREAKS.includes(ch))
  const special = text.some((ch) => isSpecial(ch))
  const pairs = text.map((ch, index) => (text[index - 1] ?? '') + ch)
  const breakThenSpace = pairs.some((pair) => pair[1] === ' ' && BREAKS.includes(pair[0] ?? 'x'))
  const spaceThenBreak = pairs.some(
    (pair) => pair.length > 1 && pair.startsWith(' ') && BREAKS.includes(pair[1] ?? 'x'),
  )
  const edge = ` ${BREAKS}`
  const padded = edge.includes(first) || edge.includes(last)
  const single = !breakThenSpace && !special && !spaceThenBreak
  return { multiline, single, plain: single && !padded && !multiline && !hasIndicator(text) }
}

function isSpecial(ch: string): boolean {
  if (ch === '\n' || (ch >= ' ' && ch <= '~')) return false
  const code = ch.codePointAt(0) ?? 0
  if (code === 0xfeff) return true
  const printable = code === 0x85 || (code >= 0xa0 && code <= 0xd7ff) || code >= 0xe000
  return !printable || code === 0xfffe || code === 0xffff
}

function hasIndicator(text: readonly string[]): boolean {
  const start = text.slice(0, 3).join('')
  if (start === '---' || start === '...') return true
  return text.some((ch, index) => {
    const following = text[index + 1]
    const spaceFollows = following === undefined || SPACES.includes(following)
    if (index === 0) return '#,[]{}&*!|>\'"%@`'.includes(ch) || ('?:-'.includes(ch) && spaceFollows)
    if (ch === ':') return spaceFollows
    return ch === '#' && SPACES.includes(text[index - 1] ?? ' ')
  })
}

/** A float as Python's `repr` prints it, in lower case: `1.0`, `1e-05`, `.inf`. */
export function floatText({ value }: YamlFloat): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf'
  return pythonFloat(value)
}

/** Python's `repr` of a finite float: an exponent below 1e-4 and from 1e16, else a point. */
export function pythonFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '0', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+'
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const plain = decimalText(mantissa, exponent)
  return plain.includes('.') ? plain : `${plain}.0`
}

// JavaScript turns to exponents at 1e-7 and 1e21, Python at 1e-5 and 1e16: so the digits are placed here.
function decimalText(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace('-', '').replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`
}
