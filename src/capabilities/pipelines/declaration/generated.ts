import type { YamlMap, YamlValue } from '../../datasets/index.ts'
import { type ContextNode, toNode, valueOf } from './context.ts'
import { fillNode, type Filling } from './interpolate.ts'
import { templateText } from './python-text.ts'
import { kindOf } from './shape.ts'

/** One stage that foreach or matrix makes: what follows `@` in its name, and what `item` and `key` are. */
export interface Generated {
  readonly key: string
  readonly set: ReadonlyMap<string, ContextNode>
}

/** What a stage of dvc.yaml stands for: itself, or one for each of the values. */
export function generatedStages(
  filling: Filling,
  definition: YamlMap,
): readonly Generated[] | null {
  const matrix = definition.get('matrix')
  if (matrix !== undefined) return matrixStages(at(filling, 'matrix'), matrix)
  const foreach = definition.get('foreach')
  return foreach === undefined ? null : foreachStages(at(filling, 'foreach'), foreach)
}

function at(filling: Filling, key: string): Filling {
  return { ...filling, path: [...filling.path, key] }
}

function foreachStages(filling: Filling, data: YamlValue): readonly Generated[] {
  const node = fillNode(filling, data)
  switch (node.kind) {
    case 'map':
      return [...node.entries].map(([key, item]) => ({
        key,
        set: new Map([
          ['item', item],
          ['key', toNode(key, null)],
        ]),
      }))
    case 'list': {
      // Names come from the values; where one of them is no single value, from their places.
      const simple = node.items.every(({ kind }) => kind === 'value')
      const keyed = node.items.map(
        (item, index) => [simple ? templateText(valueOf(item)) : String(index), item] as const,
      )
      return [...new Map(keyed)].map(([key, item]) => ({ key, set: new Map([['item', item]]) }))
    }
    case 'value':
      throw filling.fail(
        filling.path,
        `foreach goes through a list or a mapping, found ${kindOf(node.value)}`,
      )
  }
}

/** All combinations, the last variable changing fastest; named by the values joined with `-`. */
function matrixStages(filling: Filling, data: YamlValue): readonly Generated[] {
  const node = fillNode(filling, data)
  const variables = node.kind === 'map' ? [...node.entries] : []
  const axes = variables.map(([name, values]) => {
    if (values.kind === 'list') return { name, items: values.items }
    throw filling.fail([...filling.path, name], `"${name}" of a matrix is a list of values`)
  })
  refuseExplosion(filling, axes)
  const named = combinations(axes).map((combination) => {
    const key = combination
      .map(({ name, index, item }) =>
        item.kind === 'value' ? templateText(item.value) : `${name}${index}`,
      )
      .join('-')
    const item: ContextNode = {
      kind: 'map',
      entries: new Map(combination.map((choice) => [choice.name, choice.item])),
      origin: null,
    }
    return [key, item] as const
  })
  return [...new Map(named)].map(([key, item]) => ({
    key,
    set: new Map([
      ['item', item],
      ['key', toNode(key, null)],
    ]),
  }))
}

interface Axis {
  readonly name: string
  readonly items: readonly ContextNode[]
}

const MOST = 100_000

function refuseExplosion(filling: Filling, axes: readonly Axis[]): void {
  const count = axes.reduce((product, { items }) => product * items.length, 1)
  if (count > MOST)
    throw filling.fail(filling.path, `the matrix has ${count} combinations, more than ${MOST}`)
}

interface Choice {
  readonly name: string
  readonly index: number
  readonly item: ContextNode
}

function combinations(axes: readonly Axis[]): readonly (readonly Choice[])[] {
  return axes.reduce<readonly (readonly Choice[])[]>(
    (found, { name, items }) =>
      found.flatMap((before) => items.map((item, index) => [...before, { name, index, item }])),
    [[]],
  )
}
