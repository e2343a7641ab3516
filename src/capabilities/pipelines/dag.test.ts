import { expect, test } from 'vitest'
import { dagMermaid } from './dag.ts'

test('a flowchart names pipeline by pipeline, and edges by what they join, as `dvc dag --mermaid` (3.67.1)', () => {
  const nodes = ['train', 'prepare', 'other', 'data.csv.dvc', 'after']
  const edges = [
    ['prepare', 'train'],
    ['other', 'after'],
    ['data.csv.dvc', 'train'],
    ['data.csv.dvc', 'prepare'],
  ] as const
  expect(dagMermaid({ nodes, edges })).toEqual([
    'flowchart TD',
    '\tnode1["data.csv.dvc"]',
    '\tnode2["prepare"]',
    '\tnode3["train"]',
    '\tnode1-->node2',
    '\tnode1-->node3',
    '\tnode2-->node3',
    '\tnode4["after"]',
    '\tnode5["other"]',
    '\tnode5-->node4',
  ])
})
