import { cpSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTree } from '../dvc-fixtures/tree.ts'
import { DvcRepository, sorted } from './dvc-repository.ts'
import { tools } from './tools.ts'

let tool: string
let repository: DvcRepository
const made: DvcRepository[] = []

const PIPELINE = `vars:
  - more.yaml
stages:
  prepare:
    cmd: cp raw.csv ready.csv && echo \${more.depth} > ready.log
    deps: [raw.csv]
    outs: [ready.csv, ready.log]
  train:
    cmd: python3 train.py
    deps: [ready.csv, train.py]
    params: [train.lr, epochs, other.yaml: [size]]
    outs: [model.txt]
    metrics: [{metrics.json: {cache: false}}, sub/more.json]
params: [top.yaml]
`

const TRAIN = `import json, os
lr = float(open("params.yaml").read().split("lr:")[1].split()[0])
open("model.txt", "w").write(str(lr))
json.dump({"loss": 1 / lr, "by": {"a": 1, "note": "x"}, "list": [1]}, open("metrics.json", "w"))
os.makedirs("sub", exist_ok=True)
json.dump({"loss": lr}, open("sub/more.json", "w"))
`

beforeAll(() => {
  tool = tools.dvc()
  repository = begin()
  // libgit2 does not read the configuration that Git's own variable names.
  repository.git('config', 'user.name', 'a')
  repository.git('config', 'user.email', 'a@b')
  repository.dvc('init', '-q')
  repository.write('raw.csv', 'raw\n')
  repository.write('more.yaml', 'more:\n  depth: 3\n')
  repository.write('params.yaml', 'train:\n  lr: 0.1\n  note: n\nepochs: 3\n')
  repository.write('other.yaml', 'size: 7\nunused: 1\n')
  repository.write('top.yaml', 'top: 1.5\n')
  repository.write('train.py', TRAIN)
  repository.write('dvc.yaml', PIPELINE)
  repository.dvc('add', '-q', 'raw.csv')
  repository.dvc('repro', '-q')
  repository.commit('one')
  repository.dvc('exp', 'run', '-q', '-n', 'slow', '-S', 'train.lr=0.05')
  repository.dvc('exp', 'run', '-q', '-n', 'fast', '-S', 'train.lr=0.2', '-S', 'epochs=9')
  repository.git('pack-refs', '--all')
  repository.git('checkout', '-q', '-f', 'HEAD')
  repository.dvc('checkout', '-q')
}, 600_000)
afterAll(() => {
  for (const one of made) one.close()
})

function begin(): DvcRepository {
  const next = new DvcRepository(tool)
  made.push(next)
  return next
}

function twin(): DvcRepository {
  const copy = begin()
  cpSync(repository.root, copy.root, { recursive: true, preserveTimestamps: true })
  return copy
}

// Trailing blanks come from how a terminal is filled.
const linesOf = (text: string): readonly string[] =>
  text.split(/\r?\n/).map((line) => line.trimEnd())

describe('the experiments of dvc', () => {
  test('are listed as dvc lists them', () => {
    for (const args of [[], ['-A'], ['-A', '--name-only'], ['--sha-only'], ['--rev', 'main']])
      expect(linesOf(repository.ratchet('exp', 'list', ...args)).toSorted()).toEqual(
        linesOf(repository.dvc('exp', 'list', ...args)).toSorted(),
      )
  })

  test('are shown with the parameters and metrics that dvc shows, in the same document', () => {
    const { dvc, ratchet } = repository.both('exp', 'show', '--json')
    expect(ratchet).toEqual(dvc)
  })

  test.each([[['--csv']], [['--md']], [['--csv', '--sort-by', 'metrics.json:loss']]])(
    '%j: the same table',
    (args) => {
      const theirs = linesOf(repository.dvc('exp', 'show', '--no-pager', ...args))
      expect(linesOf(repository.ratchet('exp', 'show', ...args))).toEqual(theirs)
    },
  )

  test.each([
    ['gc', '-w', '-f', '--all-experiments'],
    ['gc', '-A', '-f'],
    ['gc', '-a', '-n', '1', '-f'],
    ['gc', '--date', '2020-01-01', '-f'],
  ])('%s %s %s %s: what they use stays or goes as with dvc', (...args) => {
    const [theirs, ours] = [twin(), twin()]
    theirs.dvc(...args)
    ours.ratchet(...args)
    const objects = ({ root }: DvcRepository) =>
      Object.keys(readTree(root)).filter((path) => path.startsWith('.dvc/cache/'))
    expect(objects(ours)).toEqual(objects(theirs))
  })

  test('are taken over as runs below the run of their baseline, once', () => {
    const copy = twin()
    copy.ratchet('init', '--name', 'exps')
    const first = JSON.parse(copy.ratchet('exp', 'import', '--json')) as unknown
    expect(first).toEqual({ experiments: 2, added: 3 })
    expect(JSON.parse(copy.ratchet('exp', 'import', '--json'))).toEqual({
      experiments: 2,
      added: 0,
    })
    expect(sorted(first)).not.toBeNull()
  })

  test('are not run by us, and it is said what to do instead', () => {
    expect(() => repository.ratchet('exp', 'run', '-S', 'train.lr=3')).toThrow(/ratchet repro/)
  })
})
