import { isFloat, isTimestamp, isYamlMap, type YamlValue } from '../../datasets/index.ts'

export type ValuePath = readonly (string | number)[]

/** The first thing in a document that is not as it must be. */
export interface ShapeFault {
  readonly path: ValuePath
  readonly message: string
}

/** Says what is wrong with a value, or null. */
export type Shape = (value: YamlValue, path: ValuePath) => ShapeFault | null

export const anything: Shape = () => null

export const text: Shape = (value, path) =>
  typeof value === 'string' ? null : expected('text', value, path)

export const flag: Shape = (value, path) =>
  typeof value === 'boolean' ? null : expected('true or false', value, path)

export const nothing: Shape = (value, path) =>
  value === null ? null : expected('nothing', value, path)

export const anyMap: Shape = (value, path) =>
  isYamlMap(value) ? null : expected('a mapping', value, path)

export function listOf(item: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return expected('a list', value, path)
    return firstFault(
      value.map((element: YamlValue, index) => () => item(element, [...path, index])),
    )
  }
}

export function mapOf(item: Shape): Shape {
  return (value, path) => {
    if (!isYamlMap(value)) return expected('a mapping', value, path)
    return firstFault(
      [...value].map(
        ([key, element]) =>
          () =>
            item(element, [...path, key]),
      ),
    )
  }
}

/** A mapping that may have these keys and no others. */
export function closed(
  keys: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): Shape {
  const known = new Map(Object.entries(keys))
  return (value, path) => {
    if (!isYamlMap(value)) return expected('a mapping', value, path)
    const missing = required.find((key) => !value.has(key))
    if (missing !== undefined) return { path, message: `"${missing}" is missing` }
    return firstFault(
      [...value].map(([key, element]) => () => {
        const shape = known.get(key)
        if (shape !== undefined) return shape(element, [...path, key])
        const message = `unknown key "${key}"; known are ${[...known.keys()].join(', ')}`
        return { path: [...path, key], message }
      }),
    )
  }
}

/** Any of them. Of the faults the one is told that lies deepest: that shape was meant. */
export function oneOf(...shapes: readonly Shape[]): Shape {
  return (value, path) => {
    let deepest: ShapeFault | null = null
    for (const shape of shapes) {
      const fault = shape(value, path)
      if (fault === null) return null
      if (deepest === null || fault.path.length > deepest.path.length) deepest = fault
      else if (fault.path.length === deepest.path.length)
        deepest = { path: deepest.path, message: joinExpected(deepest.message, fault.message) }
    }
    return deepest
  }
}

function joinExpected(first: string, second: string): string {
  const [, found = ''] = first.split(', found ')
  const wanted = /^expected (.*), found/.exec(second)?.[1]
  return wanted === undefined
    ? first
    : `${first.split(', found ')[0] ?? ''} or ${wanted}, found ${found}`
}

function firstFault(checks: readonly (() => ShapeFault | null)[]): ShapeFault | null {
  for (const check of checks) {
    const fault = check()
    if (fault !== null) return fault
  }
  return null
}

function expected(what: string, value: YamlValue, path: ValuePath): ShapeFault {
  return { path, message: `expected ${what}, found ${kindOf(value)}` }
}

export function kindOf(value: YamlValue): string {
  if (value === null) return 'nothing'
  if (isYamlMap(value)) return 'a mapping'
  if (Array.isArray(value)) return 'a list'
  if (isFloat(value)) return `the number ${value.value}`
  if (isTimestamp(value)) return `the date ${value.text}`
  return typeof value === 'string' ? `"${value}"` : String(value as number | boolean | bigint)
}
