import { expect, test } from 'vitest'
import { depthFirst } from './depth-first.ts'

const edgesOf =
  (edges: Readonly<Record<string, readonly string[]>>) =>
  (node: string): readonly string[] =>
    edges[node] ?? []

test('each comes after what it leads to, and once', () => {
  const edges = edgesOf({ d: ['b', 'c'], b: ['a'], c: ['a'] })
  expect(depthFirst(['d', 'c', 'e'], edges)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a circle is told from where it closes', () => {
  const edges = edgesOf({ x: ['a'], a: ['b'], b: ['c'], c: ['a'] })
  const circle = (path: readonly string[]): never => {
    throw new Error(path.join(' '))
  }
  expect(() => depthFirst(['x'], edges, circle)).toThrow('a b c a')
  expect(() => depthFirst(['a'], edgesOf({ a: ['a'] }), circle)).toThrow('a a')
})

test('a chain of a hundred thousand is no deeper than one of two', () => {
  const length = 100_000
  const order = depthFirst(['0'], (node) => (Number(node) < length ? [`${Number(node) + 1}`] : []))
  expect(order).toHaveLength(length + 1)
  expect(order[0]).toBe(`${length}`)
})
