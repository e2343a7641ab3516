import { readFileSync, rmSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { RatchetError, type ErrorOccurrence } from '../../../base/errors.ts'
import { RESOLVE_CASES } from './cases.testing.ts'
import { parsePipelineFile } from './pipeline-file.ts'
import { readPipeline } from './read-pipeline.ts'
import { resolvedStages, writeCase } from './resolved.testing.ts'

const golden = JSON.parse(
  readFileSync(new URL('resolved.golden.json', import.meta.url), 'utf8'),
) as readonly {
  readonly name: string
  readonly stages: readonly { file: string; name: string }[]
}[]

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function write(files: Readonly<Record<string, string>>): string {
  const root = writeCase({ name: '', files })
  roots.push(root)
  return root
}

test.each(RESOLVE_CASES)('$name: as DVC resolves it', ({ name, files }) => {
  const wanted = golden.find((entry) => entry.name === name)?.stages ?? []
  expect(wanted.length).toBeGreaterThan(0)
  const key = (stage: unknown): string => JSON.stringify(stage)
  const sorted = (stages: readonly unknown[]) =>
    stages.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  expect(sorted(resolvedStages(write(files)))).toEqual(sorted(wanted))
})

const stage = (body: string, top = '') => ({
  'params.yaml': 'a: 1\nd: {x: 1}\nl: [1]\n',
  'dvc.yaml': `${top}stages:\n  s:\n    ${body}\n`,
})

describe('what DVC refuses is refused, with its place', () => {
  test.each([
    ['unknown name', stage('cmd: x ${no}'), 'dvc.yaml:3:10 stages.s.cmd', '${no} is neither'],
    [
      'unknown in an item',
      stage('cmd: x\n    deps: [y, "${a.b}"]'),
      'dvc.yaml:4:15 stages.s.deps.1',
      'neither',
    ],
    ['bad name', stage('cmd: x ${a..b}'), 'stages.s.cmd', 'is no name'],
    ['empty name', stage('cmd: x ${}'), 'stages.s.cmd', 'is no name'],
    ['a list in a text', stage('cmd: x ${l}'), 'stages.s.cmd', 'is a list'],
    ['a mapping in a path', stage('cmd: x\n    deps: ["${d}"]'), 'stages.s.deps.0', 'is a mapping'],
    [
      'a template in vars',
      stage('cmd: x', 'vars: ["${a}.yaml"]\n'),
      'dvc.yaml:1:8 vars.0',
      'cannot stand in vars',
    ],
    ['redefined', stage('cmd: x', 'vars: [{a: 2}]\n'), 'vars.0', 'already defined in params.yaml'],
    ['missing file of vars', stage('cmd: x', 'vars: [no.yaml]\n'), 'vars.0', 'does not exist'],
    [
      'missing key of vars',
      { ...stage('cmd: x', 'vars: ["o.yaml:k"]\n'), 'o.yaml': 'j: 1\n' },
      'vars.0',
      'no "k" in o.yaml',
    ],
    [
      'partly taken',
      stage('cmd: x', 'vars: ["params.yaml:a"]\n'),
      'vars.0',
      'all of params.yaml is taken',
    ],
    [
      'foreach over a value',
      stage('foreach: ${a}\n    do: {cmd: x}'),
      'stages.s.foreach',
      'list or a mapping',
    ],
    ['foreach without do', stage('foreach: [1]'), 'stages.s', '"do" is missing'],
    [
      'item set anew',
      stage('foreach: [1]\n    do: {cmd: x, vars: [{item: 2}]}'),
      'stages.s.do.vars',
      'set by foreach',
    ],
    [
      'nested flags',
      { ...stage('cmd: x ${f}'), 'params.yaml': 'f: {a: [[1]]}\n' },
      'stages.s.cmd',
      '"a" is a list with',
    ],
    [
      'unknown flag of an output',
      stage('cmd: x\n    outs: [{y: {cash: true}}]'),
      'stages.s.outs.0.y.cash',
      'known are',
    ],
    ['unknown section', { 'dvc.yaml': 'stage: {}\n' }, 'dvc.yaml:1:8 stage', 'unknown key "stage"'],
    ['a number for a command', stage('cmd: 5'), 'stages.s.cmd', 'expected text or a list, found 5'],
    [
      'unknown hint',
      stage('cmd: x\n    meta: {ratchet: {core: 1}}'),
      'stages.s.meta.ratchet.core',
      'known are',
    ],
    [
      'bad size',
      stage('cmd: x\n    meta: {ratchet: {memory: much}}'),
      'meta.ratchet.memory',
      'not a size',
    ],
  ] as const)('%s', (_, files, place, detail) => {
    let refused: unknown = null
    const root = write(files)
    try {
      readPipeline(root)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(RatchetError)
    expect(refused).toMatchObject({ code: 'PIPELINE_FILE_INVALID' } satisfies Partial<RatchetError>)
    const { path, detail: found } = refused as RatchetError & ErrorOccurrence
    expect(path).toContain(place)
    expect(found).toContain(detail)
  })

  test('an alias that grows without end', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => [...pair]))
      lines.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`)
    expect(() => parsePipelineFile(lines.join('\n'), 'dvc.yaml')).toThrow('200,000')
  })

  test('a matrix that grows without end', () => {
    const values = `[${Array.from({ length: 50 }, (_, index) => index).join(', ')}]`
    const root = write(stage(`matrix: {a: ${values}, b: ${values}, c: ${values}}\n    cmd: x`))
    expect(() => readPipeline(root)).toThrow('125000 combinations')
  })
})

test('what stands in a value stays one word of the command', () => {
  const hostile = `; rm -rf / #$(touch x)\`y\`'"\\n`
  const root = write({
    'params.yaml': `opts: ${JSON.stringify({ name: hostile })}\n`,
    'dvc.yaml': 'stages:\n  s:\n    cmd: printf %s ${opts}\n',
  })
  const quoted = `'${hostile.replaceAll("'", `'"'"'`)}'`
  expect(readPipeline(root).get('s')?.cmd).toBe(`printf %s --name ${quoted}`)
})
