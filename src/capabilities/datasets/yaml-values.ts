import type { Node } from 'yaml'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { datasetErrors } from './errors.ts'
import { quickYaml } from './yaml-quick.ts'

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

/**
 * Parses YAML (or JSON, which is YAML) as DVC does: 1.2 scalars, order of keys kept.
 * @throws DATASET_FILE_INVALID with `file:line:column` when the text is not YAML.
 */
export function parseYaml(text: string, file: string): YamlValue {
  const quick = quickYaml(text)
  if (quick !== undefined) return quick
  const { parseDocument } = yamlLibrary()
  // "failsafe" leaves every scalar as text, so that our resolver alone decides on types.
  const document = parseDocument(text, { schema: 'failsafe', merge: true, logLevel: 'silent' })
  const error = document.errors[0]
  if (error !== undefined) {
    const at = error.linePos?.[0]
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: error.message.split('\n')[0] ?? error.code,
      path: at === undefined ? file : `${file}:${at.line}:${at.col}`,
    })
  }
  const budget = { nodes: 200_000 }
  const read = (node: unknown): YamlValue => readNode(node as Node | null, budget, document)
  return read(document.contents)
}

type Document = ReturnType<typeof import('yaml').parseDocument>

// Aliases are followed, so a small file can stand for a very large value: hence the budget.
function readNode(node: Node | null, budget: { nodes: number }, document: Document): YamlValue {
  budget.nodes -= 1
  if (budget.nodes < 0)
    throw datasetErrors.DATASET_FILE_INVALID({ detail: 'it expands to more than 200,000 values' })
  if (node === null || node === undefined) return null
  const { isAlias, isMap, isScalar, isSeq } = yamlLibrary()
  if (isAlias(node)) return readNode(node.resolve(document) ?? null, budget, document)
  if (isSeq(node)) return node.items.map((item) => readNode(item as Node, budget, document))
  if (isScalar(node)) {
    const text = String(node.value ?? '')
    return node.type === 'PLAIN' || node.value === null ? plainValue(text) : text
  }
  const entries = new Map<string, YamlValue>()
  if (!isMap(node)) return entries
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value ?? '') : String(key)
    const item = readNode(value as Node | null, budget, document)
    if (name === '<<' && isYamlMap(item)) for (const [k, v] of item) entries.set(k, v)
    else entries.set(name, item)
  }
  return entries
}
