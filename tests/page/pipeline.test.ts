import { describe, expect, it } from 'vitest'
import type { PipelineNode, Run } from '../../src/edges/http/contract.ts'
import { barsOf } from '../../web/src/pages/pipeline-run/bars.ts'
import { hitsIn, logLines, partsOf } from '../../web/src/pages/pipeline-run/log-lines.ts'
import { titleOf } from '../../web/src/pages/pipeline-run/title.ts'
import { pieceOf } from '../../web/src/pages/pipelines/change-text.ts'
import { leavesOf } from '../../web/src/pages/pipelines/leaves.ts'
import { cardsOf } from '../../web/src/pages/pipelines/cards.ts'
import { inReadingOrder } from '../../web/src/pages/pipelines/layout.ts'

describe('the lines of a log', () => {
  it('are as a terminal leaves them', () => {
    const text = '\u001b[31mred\u001b[0m\r\n 10 %\r 50 %\r100 %\nlast'
    expect(logLines(text)).toEqual(['red', '100 %', 'last'])
    expect(logLines('')).toEqual([])
  })

  it('are found whatever the case, and cut where they match', () => {
    expect(hitsIn(['Loss 1', 'gain', 'a LOSS'], 'loss')).toEqual([0, 2])
    expect(partsOf('Loss of loss', 'LOSS')).toEqual([
      { text: 'Loss', isHit: true },
      { text: ' of ', isHit: false },
      { text: 'loss', isHit: true },
    ])
    // The small letter of this one is longer: places would not fit.
    expect(partsOf('İ loss', 'loss')).toEqual([{ text: 'İ loss', isHit: false }])
  })
})

const node = (id: string, state: PipelineNode['state'], group: string | null): PipelineNode => ({
  id,
  kind: 'stage',
  state,
  sentence: '',
  changes: [],
  command: null,
  description: null,
  group,
  frozen: false,
  deps: [],
  outs: [],
  params: [],
  recent: [],
})

describe('what changed', () => {
  it('is told by the parameters in a section, not by the section', () => {
    const section = { kind: 'param' as const, subject: 'params.yaml:train', sentence: '' }
    const from = '{"depth":5,"trees":{"n":10},"seed":1}'
    const to = '{"depth":5,"trees":{"n":20},"loss":"mae"}'
    const told = leavesOf([{ ...section, from, to }]).map((one) => [one.subject, one.from, one.to])
    expect(told).toEqual([
      ['params.yaml:train.trees.n', '10', '20'],
      ['params.yaml:train.seed', '1', null],
      ['params.yaml:train.loss', null, 'mae'],
    ])
    const plain = { ...section, from: '1', to: '{ broken' }
    expect(leavesOf([plain])).toEqual([plain])
  })
})

describe('the boxes of a graph', () => {
  const many = Array.from({ length: 6 }, (_, index) =>
    node(`score@${index}`, index === 3 ? 'runs' : 'current', 'score'),
  )
  const few = [node('plot@a', 'current', 'plot'), node('plot@b', 'current', 'plot')]
  const graph = {
    nodes: [node('train', 'current', null), ...many, ...few],
    edges: many.map(({ id }) => ({ from: 'train', to: id })),
    models: [],
  }

  it('are one for many stages made alike, in the state of the worst', () => {
    const { cards, edges } = cardsOf(graph, [])
    expect(cards.map(({ title, state }) => [title, state])).toEqual([
      ['train', 'current'],
      ['plot@a', 'current'],
      ['plot@b', 'current'],
      ['score', 'runs'],
    ])
    expect(edges).toEqual([{ from: 'train', to: 'group:score' }])
  })

  it('are all there once the group is open', () => {
    const { cards, edges } = cardsOf(graph, ['score'])
    expect([cards.length, edges.length]).toEqual([9, 6])
  })
})

it('has boxes in the order in which they are seen', () => {
  const nodes = ['train', 'data', 'notes'].map((id) => node(id, 'current', null))
  const cards = cardsOf({ nodes, edges: [], models: [] }, [])
  const places = new Map([
    ['train', { x: 200, y: 0 }],
    ['data', { x: 0, y: 40 }],
    ['notes', { x: 0, y: 10 }],
  ])
  const order = (direction: 'LR' | 'TB') =>
    inReadingOrder(cards, { places }, direction).cards.map(({ id }) => id)
  expect(order('LR')).toEqual(['notes', 'data', 'train'])
  expect(order('TB')).toEqual(['train', 'notes', 'data'])
})

it('says of a long command what changed in it', () => {
  const before = `python train.py --data ${'d'.repeat(40)} --depth 3 --out ${'o'.repeat(40)}`
  const after = before.replace('--depth 3', '--depth 12')
  expect(pieceOf(after, before)).toBe(`…${'d'.repeat(15)} --depth 12 --out ${'o'.repeat(17)}…`)
  expect(pieceOf('make a', 'make b')).toBe('make a')
})

describe('a run', () => {
  const stage = (name: string, second: number, ms: number | null): Run['stages'][number] => ({
    stage: name,
    state: ms === null ? 'running' : 'ran',
    command: '',
    started_at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    duration_ms: ms,
    reasons: [],
    changes: [],
    inputs: [],
    outputs: [],
    params: [],
    error: null,
    has_log: true,
    exit_code: null,
    peak_memory: null,
    environment: null,
  })
  const run = (stages: Run['stages']): Run => ({
    id: 'run_1',
    origin: 'loop',
    model: 'price',
    status: 'running',
    created_at: '2026-01-01T00:00:00.000Z',
    started_at: null,
    finished_at: null,
    cancel_requested_at: null,
    error: null,
    commit: null,
    dirty: null,
    caused_by: null,
    cause: null,
    params: [],
    stages,
    metrics: [],
  })

  it('has bars where the stages stood; one that runs reaches to now', () => {
    const now = Date.UTC(2026, 0, 1, 0, 0, 4)
    const { bars, lengthMs, inARow } = barsOf(run([stage('a', 0, 1000), stage('b', 2, null)]), now)
    expect([lengthMs, inARow]).toEqual([4000, false])
    expect(bars.get('a')).toEqual({ from: 0, width: 0.25 })
    expect(bars.get('b')).toEqual({ from: 0.5, width: 0.5 })
  })

  it('has bars one after the other where project time stood still', () => {
    const { bars, inARow } = barsOf(run([stage('a', 0, 1000), stage('b', 0, 3000)]), 0)
    expect(inARow).toBe(true)
    expect(bars.get('b')).toEqual({ from: 0.25, width: 0.75 })
  })

  it('is told in one sentence, also where nobody asked for it but a shell', () => {
    const ended = { ...run([stage('a', 0, 1), stage('b', 1, 1)]), status: 'succeeded' } as const
    const shell = { origin: 'shell', model: '' } as const
    expect(titleOf(ended)).toBe('Two stages ran for price')
    expect(titleOf({ ...ended, ...shell })).toBe('Two stages ran in a shell')
    expect(titleOf(run([stage('train', 0, null)]))).toBe('train is running for price')
    const asked = '2026-01-01T00:00:05.000Z'
    expect(titleOf({ ...run([]), cancel_requested_at: asked })).toBe(
      'The run for price is being cancelled',
    )
    const failed = { ...run([{ ...stage('a', 0, 1), state: 'failed' }]), status: 'failed' } as const
    expect(titleOf(failed)).toBe('a failed, so price stays as it is')
    expect(titleOf({ ...failed, ...shell })).toBe('a failed in a shell')
  })
})
