import { expect, test } from 'vitest'
import { withFrozen, withStage } from './edit-stage.ts'
import { stageDefinition } from './stage-add.ts'

const TEXT = `# all of it
stages:
  # first
  a:
    cmd: |
      one
      two
    outs: [x]   # kept
  b: {cmd: y,   outs: [z]}
metrics: [m.json]
`
const entry = stageDefinition({
  folder: '',
  name: 'c',
  cmd: 'cat r > o',
  desc: 'hello: x',
  wdir: '.',
  deps: ['r', 'q', 'r'],
  params: ['lr', 'a.b,c', 'conf.py:T.A', 'all.json:'],
  outs: [
    { path: 'o', kind: 'out', cache: true, persist: false },
    { path: 'n', kind: 'out', cache: false, persist: true },
    { path: 'm.json', kind: 'metric', cache: false, persist: false },
  ],
  alwaysChanged: true,
  force: false,
})

// As `dvc stage add` (3.67.1) writes it.
const BLOCK = `  c:
    desc: 'hello: x'
    cmd: cat r > o
    deps:
    - q
    - r
    params:
    - a.b
    - c
    - lr
    - all.json:
    - conf.py:
      - T.A
    outs:
    - n:
        cache: false
        persist: true
    - o
    metrics:
    - m.json:
        cache: false
    always_changed: true
`

test('a stage is added behind the others, and no other line moves', () => {
  expect(withStage(TEXT, 'c', entry)).toBe(TEXT.replace('metrics: [', `${BLOCK}metrics: [`))
  expect(withStage('', 'c', entry)).toBe(`stages:\n${BLOCK}`)
  expect(withStage('vars: [x.yaml]', 'c', entry)).toBe(`vars: [x.yaml]\nstages:\n${BLOCK}`)
  const wide = 'stages:\n    a:\n        cmd: x\n'
  expect(withStage(wide, 'c', entry)).toBe(wide + BLOCK.replaceAll(/^/gm, '  ').trimEnd() + '\n')
})

test('a stage is replaced where it stands', () => {
  const text = TEXT.replace(
    '  b: {cmd: y,   outs: [z]}\n',
    '  c:\n    cmd: old\n    deps:\n    - x\n',
  )
  expect(withStage(text, 'c', entry)).toBe(TEXT.replace('  b: {cmd: y,   outs: [z]}\n', BLOCK))
})

test('freezing adds a line, unfreezing takes it away', () => {
  const frozen = withFrozen(TEXT, 'a', true)
  expect(frozen).toBe(TEXT.replace('# kept\n', '# kept\n    frozen: true\n'))
  expect(withFrozen(frozen, 'a', true)).toContain('frozen: true')
  expect(withFrozen(frozen, 'a', false)).toBe(TEXT)
  expect(withFrozen(TEXT, 'a', false)).toBe(TEXT)
  expect(withFrozen(TEXT, 'b', true)).toContain('frozen: true}')
  const last = 'stages:\n  a:\n    cmd: |\n      one'
  expect(withFrozen(last, 'a', true)).toBe(`${last}\n    frozen: true\n`)
})
