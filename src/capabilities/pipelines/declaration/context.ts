import { isYamlMap, type YamlValue } from '../../datasets/index.ts'

/** Where a value comes from, so that a second one of its name can be refused, and its use be told. */
export interface Origin {
  /** A file from the root, or a place in dvc.yaml such as `vars[0]`. */
  readonly source: string
  readonly isFile: boolean
  readonly path: string
}

/** A value that templates may name. */
export type ContextNode =
  | { readonly kind: 'value'; readonly value: YamlValue; readonly origin: Origin | null }
  | {
      readonly kind: 'list'
      readonly items: readonly ContextNode[]
      readonly origin: Origin | null
    }
  | ContextMap

export interface ContextMap {
  readonly kind: 'map'
  readonly entries: Map<string, ContextNode>
  readonly origin: Origin | null
}

export function toNode(value: YamlValue, origin: Origin | null): ContextNode {
  const under = (key: string | number): Origin | null =>
    origin === null
      ? null
      : { ...origin, path: origin.path === '' ? String(key) : `${origin.path}.${key}` }
  if (isYamlMap(value)) {
    const entries = [...value].map(([key, item]) => [key, toNode(item, under(key))] as const)
    return { kind: 'map', entries: new Map(entries), origin }
  }
  if (Array.isArray(value)) {
    const items = value.map((item: YamlValue, index) => toNode(item, under(index)))
    return { kind: 'list', items, origin }
  }
  return { kind: 'value', value, origin }
}

export function valueOf(node: ContextNode): YamlValue {
  switch (node.kind) {
    case 'value':
      return node.value
    case 'list':
      return node.items.map(valueOf)
    case 'map':
      return new Map([...node.entries].map(([key, item]) => [key, valueOf(item)]))
  }
}

/** The node under `a.b[0]`, or null. Names are separated as DVC separates them. */
export function selectNode(root: ContextMap, expression: string): ContextNode | null {
  let node: ContextNode | undefined = root
  for (const part of expression.replaceAll('[', '.').replaceAll(']', '').split('.')) {
    const key = part.trim()
    if (node?.kind === 'map') node = node.entries.get(key)
    else if (node?.kind === 'list')
      node = /^[+-]?\d+$/.test(key) ? node.items.at(Number(key)) : undefined
    else return null
  }
  return node ?? null
}

/** A second definition of a name that is not a mapping on both sides. */
export interface Redefinition {
  readonly key: string
  readonly from: Origin | null
  readonly known: Origin | null
}

/** Merges mappings deeply into the first. Returns the redefinition that stands in the way, or null. */
export function mergeNodes(into: ContextMap, from: ContextMap): Redefinition | null {
  for (const [key, node] of from.entries) {
    const known = into.entries.get(key)
    if (known?.kind === 'map' && node.kind === 'map') {
      const clash = mergeNodes(known, node)
      if (clash !== null) return clash
    } else if (known !== undefined) return { key, from: node.origin, known: known.origin }
    else into.entries.set(key, node)
  }
  return null
}

/** A copy whose mappings can be merged into; lists and single values are shared. */
export function cloneMap(map: ContextMap): ContextMap {
  const entries = [...map.entries].map(
    ([key, node]) => [key, node.kind === 'map' ? cloneMap(node) : node] as const,
  )
  return { kind: 'map', entries: new Map(entries), origin: map.origin }
}
