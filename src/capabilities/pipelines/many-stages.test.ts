import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDag } from './dag.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { pipelineChanges } from './stage-changes.ts'
import { pipelineStatus } from './status.ts'

// So many that what looks at all of them for each of them takes longer than a test may.
const MANY = 4000

let project: TestProject
beforeEach(() => {
  const items = Array.from({ length: MANY }, (_, index) => `- i${index}\n`)
  project = testProject({
    raw: '1\n',
    'params.yaml': `lr: 1\nitems:\n${items.join('')}`,
    'dvc.yaml': `stages:
  work:
    foreach: \${items}
    do: {cmd: "echo \${item} > \${item}", deps: [raw], params: [lr], outs: ["\${item}"]}
`,
    'dvc.lock': `schema: '2.0'\nstages:\n${items.map((item) => entryOf(item.slice(2, -1))).join('')}`,
  })
})
afterEach(() => project.remove())

const entryOf = (item: string): string => `  work@${item}:
    cmd: echo ${item} > ${item}
    params:
      params.yaml:
        lr: 2
    outs:
    - path: ${item}
      hash: md5
      md5: d41d8cd98f00b204e9800998ecf8427e
      size: 1
`

test('thousands of stages of one foreach and one file of parameters', async () => {
  const changes = await pipelineChanges(project, { allPipelines: true })
  expect(changes).toHaveLength(MANY)
  const rate = { state: 'modified', from: '2', to: '1' }
  expect(changes[0]?.params).toEqual(new Map([['params.yaml', new Map([['lr', rate]])]]))
  expect(await pipelineStatus(project, { allPipelines: true })).toHaveLength(MANY)
  const all = { targets: [], folder: '', outs: false, full: false }
  expect(readDag(project.root, all).nodes).toHaveLength(MANY)
})
