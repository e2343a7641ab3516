import { describe, expect, test } from 'vitest'
import { type Current, decideStage, reasonText, sameValue } from './decide.ts'
import type { LockedStage, Stage } from './schema.ts'
import { changeParams } from './set-params.ts'
import { testOut, testStage } from './stage.testing.ts'

const stage: Stage = testStage({
  name: 'train',
  cmd: 'node train.js',
  deps: ['data'],
  params: [{ file: 'params.yaml', keys: ['lr'] }],
  outs: [
    testOut({ path: 'model' }),
    testOut({ path: 'metrics.json', kind: 'metric', cache: false }),
  ],
})
const hash = (md5: string) => ({ path: 'data', md5, size: 1 })
const locked: LockedStage = {
  cmd: 'node train.js',
  deps: [hash('d1')],
  params: new Map([['params.yaml', new Map([['lr', 1]])]]),
  outs: [
    { ...hash('m1'), path: 'model' },
    { ...hash('j1'), path: 'metrics.json' },
  ],
}
const current: Current = {
  deps: new Map([['data', hash('d1')]]),
  outs: new Map([
    ['model', hash('m1')],
    ['metrics.json', hash('j1')],
  ]),
  params: new Map([['params.yaml', new Map([['lr', { type: 'float' as const, value: 1 }]])]]),
  restorable: new Set(['model']),
  forced: false,
}
const without = (path: string) => new Map([...current.outs].filter(([name]) => name !== path))

describe('decideStage', () => {
  test.each([
    ['nothing changed', stage, locked, current, 'skip', []],
    ['never ran', stage, null, current, 'run', ['new']],
    ['forced', stage, locked, { ...current, forced: true }, 'run', ['forced']],
    ['command', { ...stage, cmd: 'x' }, locked, current, 'run', ['command']],
    ['a list of one', { ...stage, cmd: ['node train.js'] }, locked, current, 'run', ['command']],
    ['dep', stage, locked, { ...current, deps: new Map([['data', hash('d2')]]) }, 'run', ['dep']],
    ['new dep', { ...stage, deps: ['data', 'b'] }, locked, current, 'run', ['dep']],
    ['param gone', stage, locked, { ...current, params: new Map() }, 'run', ['param']],
    ['out gone, cached', stage, locked, { ...current, outs: without('model') }, 'restore', ['out']],
    ['metric gone', stage, locked, { ...current, outs: without('metrics.json') }, 'run', ['out']],
    [
      'not cached',
      stage,
      locked,
      { ...current, outs: without('model'), restorable: new Set<string>() },
      'run',
      ['out'],
    ],
    ['always', { ...stage, alwaysChanged: true }, locked, current, 'run', ['always']],
    ['frozen', { ...stage, frozen: true }, locked, { ...current, deps: new Map() }, 'skip', []],
  ] as const)('%s', (...row) => {
    const [, declared, lock, now, action, kinds] = row
    const decision = decideStage(declared, lock, now)
    expect(decision.action).toBe(action)
    expect(decision.reasons.map(({ kind }) => kind)).toEqual(kinds)
  })

  test('says what changed from what to what', () => {
    const params = new Map([['params.yaml', new Map([['lr', 2]])]])
    const { reasons } = decideStage(stage, locked, { ...current, params })
    expect(reasons.map(reasonText)).toEqual(['params.yaml:lr changed from 1 to 2'])
  })
})

test('values compare as in Python', () => {
  expect(sameValue(1, { type: 'float', value: 1 })).toBe(true)
  expect(sameValue('1', 1)).toBe(false)
  expect(sameValue(new Map([['a', 1], ['b', 2]]), new Map([['b', 2], ['a', 1]]))).toBe(true) // prettier-ignore
  expect(sameValue([1, 2], [2, 1])).toBe(false)
})

describe('changeParams', () => {
  const text = '# top\na:\n  b: "1971-01-01" # when\n  c: [x,  y]\nlr:   1e-3\n'
  test.each([
    [{ 'a.b': '1973-05-01' }, text.replace('1971-01-01', '1973-05-01')],
    [{ lr: 0.5 }, text.replace('1e-3', '0.5')],
    [{ lr: '2020-01-01' }, text.replace('1e-3', "'2020-01-01'")],
    [{ 'a.b': 7 }, text.replace('"1971-01-01"', '7')],
    [{}, text],
  ])('%j', (changes, expected) => {
    expect(changeParams(text, changes)).toBe(expected)
  })

  test('adds what is not there, and quotes what would be a date', () => {
    const changed = changeParams(text, { 'a.until': '1973-05-01', 'n.m': 1 })
    expect(changed).toContain('until: "1973-05-01"')
    expect(changed).toContain('n:\n  m: 1\n')
    expect(changed).toContain('# when')
    expect(changeParams('', { 'a.b': true })).toBe('a:\n  b: true\n')
  })

  test('refuses a key under a single value', () => {
    expect(() => changeParams(text, { 'lr.x': 1 })).toThrow('lies under a single value')
  })
})
