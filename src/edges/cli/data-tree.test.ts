import { expect, test } from 'vitest'
import { treeLines } from './data-tree.ts'

const listed = (path: string) => ({
  path,
  isdir: false,
  isout: true,
  isexec: false,
  size: 1,
  md5: null,
})

// dvc 3.67.1: dvc list . data --tree
test('paths are drawn as a tree, each folder in the order of names', () => {
  const paths = ['b', 'sub/x', 'sub/deep/y', 'a'].map(listed)
  expect(treeLines('data', paths).map(({ text }) => text)).toEqual([
    'data',
    '├── a',
    '├── b',
    '└── sub',
    '    ├── deep',
    '    │   └── y',
    '    └── x',
  ])
})
