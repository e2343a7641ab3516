import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DvcRepository, sorted } from './dvc-repository.ts'
import { makeUpstream } from './dvc-upstream.ts'
import { readTree } from '../dvc-fixtures/tree.ts'
import { tools } from './tools.ts'

// The same start, made by dvc, for two repositories; the same commands, by dvc in one and by ratchet in the other.
interface Scenario {
  readonly name: string
  readonly start: (repository: DvcRepository) => void
  readonly commands: readonly (readonly string[])[]
}

const SCENARIOS: Scenario[] = [
  {
    name: 'move, remove and unprotect, with links to the cache',
    start: (repository) => {
      for (const name of ['a.csv', 'data/x', 'b.csv', 'odd [1].csv', 'sub/keep'])
        repository.write(name, `${name}\n`)
      repository.dvc('config', 'cache.type', 'symlink')
      repository.dvc('add', '-q', 'a.csv', 'data', 'b.csv', 'odd [1].csv')
      repository.write(
        'a.csv.dvc',
        `${repository.read('a.csv.dvc')}desc: mine\nmeta:\n  owner: me\n`,
      )
      repository.dvc('import-url', '-q', 'b.csv', 'own.csv')
    },
    commands: [
      ['move', 'a.csv', 'sub/z.csv'],
      ['move', 'data', 'sub'],
      ['mv', 'own.csv', 'sub/own2.csv'],
      ['unprotect', 'sub/data'],
      ['remove', 'b.csv.dvc'],
      ['rm', '--outs', 'odd [1].csv.dvc'],
      ['remove', 'nothing'],
    ],
  },
  {
    name: 'import-url, import and update',
    start: (repository) => {
      repository.write('own.csv', 'own\n')
      repository.write('sub/keep', '')
      repository.write('.home/src/f.csv', 'f\n')
      repository.write('.home/src/d/a', 'a\n')
      repository.write('.home/src/d/s/b', 'b\n')
      makeUpstream(repository)
    },
    commands: [
      ['import-url', '.home/src/f.csv', 'f.csv'],
      ['import-url', '.home/src/d', 'dd'],
      ['import-url', '--no-download', '.home/src/d', 'later'],
      ['import-url', '--no-exec', '.home/src/f.csv', 'much-later.csv'],
      ['import-url', 'own.csv', 'sub/copy.csv'],
      ['import-url', 'own.csv'],
      ['import', '.home/up', 'data', '-o', 'new'],
      ['import', '--rev', 'v1', '.home/up', 'data', '-o', 'old'],
      ['import', '--rev', 'v1', '.home/up', 'data/a', '-o', 'one'],
      ['import', '--no-download', '.home/up', 'data', '-o', 'pinned'],
      ['import', '.home/up', 'docs'],
      ['import', '.home/up', 'nowhere'],
      ['update', '--rev', 'main', 'old.dvc'],
      ['update', 'later.dvc', 'pinned.dvc', 'f.csv.dvc'],
    ],
  },
]

/** What arrives in the remote only, or from outside of the project; the remote is among the files compared. */
const ELSEWHERE: Scenario = {
  name: 'add --to-remote and --out, import-url and update --to-remote',
  start: (repository) => {
    for (const name of ['one.csv', 'd/a', 'd/s/b', 'own.csv', 'tracked.csv'])
      repository.write(name, `${name}\n`)
    repository.write('run.sh', 'echo\n')
    chmodSync(join(repository.root, 'run.sh'), 0o755)
    repository.write('.gitignore', '/store\n/run.sh\n/d\n/one.csv\n/own.csv\n')
    repository.dvc('remote', 'add', '-q', '-d', 'store', 'store')
    repository.dvc('remote', 'add', '-q', 'other', 'store/other')
    repository.dvc('add', '-q', 'tracked.csv')
    repository.write('sub/keep', '')
    repository.write('.home/src/far.csv', 'far\n')
  },
  commands: [
    ['add', '--to-remote', 'own.csv'],
    ['add', '--to-remote', '.home/src/far.csv', '-o', 'far.csv'],
    ['add', '--to-remote', '-r', 'other', 'd', '-o', 'sub'],
    ['add', '--to-remote', 'run.sh', '-o', 'program'],
    ['add', '--to-remote', 'tracked.csv'],
    ['add', '--to-remote', 'one.csv', '-o', 'own.csv'],
    ['add', '.home/src/far.csv', '-o', 'here.csv'],
    ['add', 'd', '-o', 'copy'],
    ['add', 'run.sh', '-o', 'runs-here'],
    ['add', 'one.csv', '-o', 'here.csv'],
    ['import-url', '--to-remote', 'one.csv', 'imported.csv'],
    ['import-url', '--to-remote', 'd', 'imported'],
    ['import-url', '--to-remote', '-r', 'other', 'run.sh'],
    ['import-url', 'one.csv', 'stale.csv'],
    ['import-url', 'd', 'stale'],
    ['update', '--to-remote', 'stale.csv.dvc'],
  ],
}
SCENARIOS.push(ELSEWHERE)

let tool: string
const made: DvcRepository[] = []

beforeAll(() => {
  tool = tools.dvc()
}, 300_000)
afterAll(() => {
  for (const repository of made) repository.close()
})

function begin(scenario: Scenario): DvcRepository {
  const repository = new DvcRepository(tool)
  made.push(repository)
  repository.dvc('init', '-q')
  scenario.start(repository)
  repository.commit('start')
  return repository
}

function outcome(work: () => unknown): 'done' | 'refused' {
  try {
    work()
    return 'done'
  } catch {
    return 'refused'
  }
}

// What DVC uploads by way of a name of its own, it leaves there.
const isLeft = (path: string): boolean => /\/files\/md5\/\.[\w-]+\.tmp$/.test(path)

function treeOf({ root }: DvcRepository): Readonly<Record<string, string>> {
  const text = JSON.stringify(readTree(root)).replaceAll(root, '')
  const tree = Object.entries(JSON.parse(text) as Record<string, string>)
  return Object.fromEntries(tree.filter(([path]) => !isLeft(path)))
}

const statusOf = (repository: DvcRepository): string =>
  JSON.stringify(sorted(JSON.parse(repository.dvc('data', 'status', '--json')) as unknown))

describe.each(SCENARIOS)('$name', (scenario) => {
  test('both leave the same files, and dvc says the same of both', () => {
    const theirs = begin(scenario)
    const ours = begin(scenario)
    for (const command of scenario.commands) {
      const expected = outcome(() => theirs.dvc(...command))
      expect([command, outcome(() => ours.ratchet(...command))]).toEqual([command, expected])
    }
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    expect(statusOf(ours)).toBe(statusOf(theirs))
  })
})
