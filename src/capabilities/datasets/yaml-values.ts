/** A number that YAML or Python would print with a point or an exponent: `1.0` is not `1` in dvc.lock. */
export interface YamlFloat {
  readonly type: 'float'
  readonly value: number
}

/** A plain date or time. DVC reads it as one and then refuses to track it, so we keep it apart from text. */
export interface YamlTimestamp {
  readonly type: 'timestamp'
  readonly text: string
}

export type YamlMap = ReadonlyMap<string, YamlValue>

/** What DVC's reader (ruamel.yaml, YAML 1.2) makes of a file: numbers are whole unless `YamlFloat`. */
export type YamlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | YamlFloat
  | YamlTimestamp
  | readonly YamlValue[]
  | YamlMap

export type ScalarTag = 'bool' | 'float' | 'int' | 'merge' | 'null' | 'timestamp' | 'value' | 'str'

// The implicit resolvers of ruamel.yaml 0.19 for YAML 1.2, in its order (resolver.py).
const RESOLVERS: readonly (readonly [ScalarTag, RegExp])[] = [
  ['bool', /^(?:true|True|TRUE|false|False|FALSE)$/],
  [
    'float',
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  ],
  ['int', /^(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/],
  ['merge', /^<<$/],
  ['null', /^(?:~|null|Null|NULL|)$/],
  [
    'timestamp',
    /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}?-[0-9]{2}?(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/,
  ],
  ['value', /^=$/],
]

/** Which type an unquoted scalar has in YAML 1.2 as DVC reads it. */
export function plainTag(text: string): ScalarTag {
  if (/^[-+]?_/.test(text)) return 'str'
  return RESOLVERS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'str'
}

export function isFloat(value: YamlValue): value is YamlFloat {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'float'
}

export function isTimestamp(value: YamlValue): value is YamlTimestamp {
  return (
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'timestamp'
  )
}

export function isYamlMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map
}

/** An unquoted scalar as a value. */
export function plainValue(text: string): YamlValue {
  const tag = plainTag(text)
  switch (tag) {
    case 'bool':
      return text.toLowerCase() === 'true'
    case 'null':
      return null
    case 'float':
      return { type: 'float', value: parseFloatText(text) }
    case 'int':
      return parseInteger(text)
    case 'timestamp':
      return { type: 'timestamp', text }
    case 'merge':
    case 'value':
    case 'str':
      return text
  }
}

function parseFloatText(text: string): number {
  const clean = text.replaceAll('_', '').toLowerCase()
  if (clean.endsWith('.inf')) return clean.startsWith('-') ? -Infinity : Infinity
  return clean === '.nan' ? Number.NaN : Number(clean)
}

function parseInteger(text: string): number | bigint {
  const clean = text.replaceAll('_', '')
  const sign = clean.startsWith('-') ? -1n : 1n
  const digits = clean.replace(/^[-+]/, '')
  const value = sign * BigInt(/^0[xob]/.test(digits) ? digits : digits.replace(/^0+(?=\d)/, ''))
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value
}
