import { expect, it } from 'vitest'
import { why, type WhyNode } from './why.ts'

const node = (id: string, ...causes: string[]): WhyNode => ({
  id,
  kind: id.split('_')[0] ?? id,
  at: null,
  sentence: `about ${id}`,
  facts: {},
  causes,
})
const source =
  (...nodes: WhyNode[]) =>
  async (id: string) =>
    nodes.find((candidate) => candidate.id === id) ?? null

it('follows each thread to its end, the nearest cause first', async () => {
  const steps = await why(
    [
      source(node('pred_1', 'births/3'), node('run_1', 'dec_1', 'md5')),
      source(
        node('births/3', 'gate_1', 'run_1'),
        node('gate_1', 'run_1'),
        node('dec_1'),
        node('md5'),
      ),
    ],
    'pred_1',
  )
  expect(steps.map(({ id, depth }) => `${' '.repeat(depth)}${id}`)).toEqual([
    'pred_1',
    ' births/3',
    '  gate_1',
    '   run_1',
    '    dec_1',
    '    md5',
  ])
})

it('ends where a cause is no longer kept, and does not turn in circles', async () => {
  const steps = await why([source(node('a', 'gone', 'b'), node('b', 'a'))], 'a')
  expect(steps.map(({ id }) => id)).toEqual(['a', 'b'])
})

it('says when nothing has the id', async () => {
  await expect(why([source()], 'nothing')).rejects.toMatchObject({ code: 'WHY_UNKNOWN' })
})
