import { expect, test } from 'vitest'
import { compareKeys, compareTrees } from './compare-trees.ts'
import type { DataTree } from './data-tree.ts'

// A name that ends in a slash is a folder; the text after `=` is its hash.
function tree(lines: readonly string[], unknown: readonly string[] = []): DataTree {
  const entries = lines.map((line) => {
    const [name = '', md5] = line.split('=')
    const isDir = name.endsWith('/')
    return [name.replace(/\/$/, ''), { md5: md5 ?? null, isDir }] as const
  })
  return { entries: new Map(entries), unknown: new Set(unknown) }
}

function compared(before: DataTree, after: DataTree, hashOnly = true): readonly string[] {
  return compareTrees(before, after, { hashOnly }).map((change) =>
    change.kind === 'renamed'
      ? `renamed ${change.path.old} ${change.path.new}`
      : `${change.kind} ${change.path}`,
  )
}

test('each path is told once, with what became of it', () => {
  const before = tree(['d/=1.dir', 'd/a=1', 'd/b=2', 'd/c=3'])
  const after = tree(['d/=2.dir', 'd/a=1', 'd/b=9', 'd/e=5'])
  expect(compared(before, after)).toEqual([
    'modified d',
    'unchanged d/a',
    'modified d/b',
    'deleted d/c',
    'added d/e',
  ])
})

test('a file that moved is renamed, and of several alike the first moves first', () => {
  const before = tree(['a=1', 'b=1', 'c=1'])
  const after = tree(['x=1', 'y=1'])
  expect(compared(before, after)).toEqual(['deleted c', 'renamed a x', 'renamed b y'])
})

test('without a listing nothing below the folder is known, however deep', () => {
  const before = tree(['d/=1.dir'], ['d'])
  const after = tree(['d/=2.dir', 'd/s/', 'd/s/a=1'])
  expect(compared(before, after)).toEqual(['modified d', 'unknown d/s', 'unknown d/s/a'])
})

test('what never had a hash is added by hash, and modified as a path', () => {
  const before = tree(['out'])
  const after = tree(['out=1'])
  expect(compared(before, after)).toEqual(['added out'])
  expect(compared(before, after, false)).toEqual(['modified out'])
})

test('paths are ordered name by name, as Python orders tuples', () => {
  expect(['a-b', 'a/b', 'a', 'a/a'].toSorted(compareKeys)).toEqual(['a', 'a/a', 'a/b', 'a-b'])
  expect(['\u{1f600}', '\uffee'].toSorted(compareKeys)).toEqual(['\uffee', '\u{1f600}'])
})
