import { isYamlMap, type YamlValue } from '../../datasets/index.ts'
import { commandFlags, type FlagStyle } from './command-flags.ts'
import {
  type ContextMap,
  type ContextNode,
  type Origin,
  selectNode,
  toNode,
  valueOf,
} from './context.ts'
import { isComposite, templateText } from './python-text.ts'
import { kindOf, type ValuePath } from './shape.ts'

/** A place whose templates are filled in. */
export interface Filling {
  readonly context: ContextMap
  readonly flags: FlagStyle
  /** Where the value stands in dvc.yaml. */
  readonly path: ValuePath
  /** In a command, and only there, a mapping becomes flags. */
  readonly isCommand: boolean
  readonly fail: (path: ValuePath, message: string) => Error
  /** Told of each value used. */
  readonly onUse: (origin: Origin | null) => void
}

/** DVC's own pattern (parsing/interpolate.py): `\${` is not a template. */
const TEMPLATE = /(?<!\\)\$\{(.*?)\}/g

/** A name, then `.name` or `[name]`, as DVC's grammar has it. */
const EXPRESSION = /^[^.[\]]+(?:\.[^.[\]]+|\[[^.[\]]+\])*$/

export function hasTemplate(text: string): boolean {
  return text.includes('${') && text.search(TEMPLATE) >= 0
}

/** Fills a value with all that is in it: texts, lists, mappings and their keys. */
export function fillValue(filling: Filling, value: YamlValue): YamlValue {
  if (typeof value === 'string') return fillText(filling, value)
  if (Array.isArray(value))
    return value.map((item: YamlValue, index) => fillValue(within(filling, index), item))
  if (!isYamlMap(value)) return value
  return new Map(
    [...value].map(([key, item]) => {
      const inside = within(filling, key)
      return [templateText(fillText(inside, key)), fillValue(inside, item)]
    }),
  )
}

function within(filling: Filling, key: string | number): Filling {
  return { ...filling, path: [...filling.path, key] }
}

/**
 * Like `fillValue`, but what a template names stays a list or a mapping with its origin: for `foreach` and
 * `matrix`, which go through it.
 */
export function fillNode(filling: Filling, value: YamlValue): ContextNode {
  if (typeof value === 'string') {
    const expression = exactExpression(value)
    return expression === null
      ? toNode(fillText(filling, value), null)
      : select(filling, expression)
  }
  if (Array.isArray(value)) {
    const items = value.map((item: YamlValue, index) => fillNode(within(filling, index), item))
    return { kind: 'list', items, origin: null }
  }
  if (!isYamlMap(value)) return toNode(value, null)
  const entries = [...value].map(([key, item]) => {
    const inside = within(filling, key)
    return [templateText(fillText(inside, key)), fillNode(inside, item)] as const
  })
  return { kind: 'map', entries: new Map(entries), origin: null }
}

/** A text that is one template and nothing else keeps the type of what it names. */
function exactExpression(text: string): string | null {
  const [match, ...others] = [...text.matchAll(TEMPLATE)]
  return match !== undefined && others.length === 0 && match[0] === text ? (match[1] ?? '') : null
}

function fillText(filling: Filling, text: string): YamlValue {
  if (!text.includes('${')) return text
  const exact = exactExpression(text)
  if (exact !== null) return exactValue(filling, exact)
  const filled = text.replace(TEMPLATE, (_, expression: string) => {
    const value = valueOf(select(filling, expression))
    if (isYamlMap(value) && filling.isCommand) return flagsText(filling, value, expression)
    if (isComposite(value)) throw refuseComposite(filling, expression, value)
    return templateText(value)
  })
  return filled.replaceAll('\\${', '${')
}

function exactValue(filling: Filling, expression: string): YamlValue {
  const value = valueOf(select(filling, expression))
  if (!isComposite(value)) return value
  throw refuseComposite(filling, expression, value)
}

function flagsText(
  { flags, path, fail }: Filling,
  value: ReadonlyMap<string, YamlValue>,
  expression: string,
): string {
  const result = commandFlags(value, flags)
  if (result.ok) return result.text
  throw fail(path, `\${${expression}}: "${result.nested}" is a list with lists or mappings in it`)
}

function refuseComposite({ path, fail, isCommand }: Filling, expression: string, value: YamlValue) {
  const hint =
    isCommand && isYamlMap(value) ? '; beside other words of the command it would become flags' : ''
  return fail(
    path,
    `\${${expression}} is ${kindOf(value)}; only single values can be put into a text${hint}`,
  )
}

function select({ context, path, fail, onUse }: Filling, expression: string): ContextNode {
  if (!EXPRESSION.test(expression))
    throw fail(path, `\${${expression}} is no name such as \${train.layers[0]}`)
  const node = selectNode(context, expression)
  if (node === null) throw fail(path, `\${${expression}} is neither in params.yaml nor in vars`)
  // A mapping is not told: what DVC tracks are single values and lists.
  if (node.kind !== 'map') onUse(node.origin)
  return node
}
