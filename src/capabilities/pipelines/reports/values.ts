import {
  isFloat,
  isTimestamp,
  isYamlMap,
  pythonFloat,
  type YamlMap,
  type YamlValue,
} from '../../datasets/index.ts'
import { sameValue } from '../decide.ts'

/** Values by their names in full, such as `train.lr`, in the order of the file. */
export type FlatValues = ReadonlyMap<string, YamlValue>

/** Names of nested mappings joined with points; a list is one value, and a value alone has no name. */
export function flattenValues(values: YamlValue, prefix = ''): FlatValues {
  if (!isYamlMap(values)) return new Map([['', values]])
  const flat = new Map<string, YamlValue>()
  for (const [key, value] of values) {
    if (!isYamlMap(value)) flat.set(`${prefix}${key}`, value)
    else for (const [name, inner] of flattenValues(value, `${prefix}${key}.`)) flat.set(name, inner)
  }
  return flat
}

/** What of a metrics file counts as a metric: numbers and texts, however nested. DVC's rule. */
export function metricValues(map: YamlMap): YamlMap {
  const kept = [...map].flatMap(([key, value]): readonly (readonly [string, YamlValue])[] => {
    if (isYamlMap(value)) return [[key, metricValues(value)]]
    const counts = value !== null && !Array.isArray(value)
    return counts ? [[key, value]] : []
  })
  return new Map(kept)
}

/** One value on two sides; undefined is absent. */
export interface ValueChange {
  readonly file: string
  readonly name: string
  readonly old: YamlValue | undefined
  readonly new: YamlValue | undefined
  readonly diff: number | null
}

export type ValuesByFile = ReadonlyMap<string, FlatValues>

/** What differs, by file and name; with `all` also what does not. */
export function diffValues(
  before: ValuesByFile,
  after: ValuesByFile,
  all: boolean,
): readonly ValueChange[] {
  const files = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return files.flatMap((file) => {
    const old = before.get(file) ?? new Map<string, YamlValue>()
    const now = after.get(file) ?? new Map<string, YamlValue>()
    const names = [...new Set([...old.keys(), ...now.keys()])].toSorted()
    const changes = names.map((name): ValueChange => {
      const [from, to] = [old.get(name), now.get(name)]
      return { file, name, old: from, new: to, diff: difference(from, to) }
    })
    return all ? changes : changes.filter((change) => !isSame(change))
  })
}

// As to DVC, what is null is as good as absent.
function isSame({ old = null, new: now = null }: ValueChange): boolean {
  return sameValue(old, now)
}

function difference(from: YamlValue | undefined, to: YamlValue | undefined): number | null {
  const [a, b] = [numberOf(from), numberOf(to)]
  return a === null || b === null ? null : b - a
}

export function numberOf(value: YamlValue | undefined): number | null {
  if (typeof value === 'number') return value
  return value !== undefined && isFloat(value) ? value.value : null
}

/** A value in a table: numbers rounded as DVC does, absence as `-`. */
export function valueText(value: YamlValue | undefined, precision: number | null = 5): string {
  if (value === undefined) return '-'
  if (value === null) return 'None'
  if (isFloat(value)) return roundedFloat(value.value, precision)
  if (isTimestamp(value)) return value.text
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (Array.isArray(value))
    return `[${value.map((item: YamlValue) => inner(item, precision)).join(', ')}]`
  if (isYamlMap(value))
    return `{${[...value].map(([key, item]) => `'${key}': ${inner(item, precision)}`).join(', ')}}`
  return String(value as string | number | bigint)
}

// Texts within lists are quoted, as Python shows them.
function inner(value: YamlValue, precision: number | null): string {
  return typeof value === 'string' ? `'${value}'` : valueText(value, precision)
}

/** A number as Python prints it, rounded where digits are given. */
export function roundedFloat(value: number, precision: number | null): string {
  return pythonFloat(precision === null ? value : Number(value.toFixed(precision)))
}
