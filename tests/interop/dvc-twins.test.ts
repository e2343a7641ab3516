import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DvcRepository } from './dvc-repository.ts'
import { readTree } from './dvc-fixtures/tree.ts'
import { pythonTool } from './python-tool.ts'

// The same start, made by dvc, for two repositories; the same commands, by dvc in one and by ratchet in the other.
interface Scenario {
  readonly name: string
  readonly start: (repository: DvcRepository) => void
  readonly commands: readonly (readonly string[])[]
}

const SCENARIOS: readonly Scenario[] = [
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
]

let tool: string
const made: DvcRepository[] = []

beforeAll(() => {
  tool = pythonTool('dvc==3.67.1', 'dvc')
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

const treeOf = ({ root }: DvcRepository) =>
  JSON.parse(JSON.stringify(readTree(root)).replaceAll(root, '')) as Record<string, string>

describe.each(SCENARIOS)('$name', (scenario) => {
  test('both leave the same files, and dvc finds ours clean', () => {
    const theirs = begin(scenario)
    const ours = begin(scenario)
    for (const command of scenario.commands) {
      const expected = outcome(() => theirs.dvc(...command))
      expect([command, outcome(() => ours.ratchet(...command))]).toEqual([command, expected])
    }
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    expect(ours.dvc('status', '-q')).toBe('')
  })
})

test('hooks and the merge driver are those of dvc, by our name', () => {
  const theirs = begin({ name: '', start: () => {}, commands: [] })
  const ours = begin({ name: '', start: () => {}, commands: [] })
  theirs.dvc('install')
  ours.ratchet('install')
  const hooks = ['pre-commit', 'post-checkout', 'pre-push']
  const texts = hooks.map((hook) => ours.read(`.git/hooks/${hook}`))
  const expected = hooks.map((hook) =>
    theirs.read(`.git/hooks/${hook}`).replace('exec dvc', 'exec ratchet').replace('$@', '"$@"'),
  )
  expect(texts.map((text) => text.split('\n')[1])).toEqual(
    expected.map((text) => text.split('\n')[1]),
  )
  const driver = ours.git('config', 'merge.dvc.driver').trim()
  expect(driver).toBe(theirs.git('config', 'merge.dvc.driver').trim().replace('dvc', 'ratchet'))
  expect(() => ours.ratchet('install')).toThrow('hook already')
})

test('two branches that change different files of a folder merge by themselves', () => {
  const repository = begin({
    name: '',
    commands: [],
    start: (each) => {
      for (const name of ['a', 'b', 'c']) each.write(`data/${name}`, `${name}\n`)
      each.write('.gitattributes', '*.dvc merge=dvc\n')
      each.ratchet('add', 'data')
    },
  })
  const bin = join(import.meta.dirname, '../../bin')
  chmodSync(join(bin, 'ratchet'), 0o755)
  const environment = { ...repository.environment, PATH: `${bin}:${process.env.PATH ?? ''}` }
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: repository.root, env: environment, stdio: 'pipe' })
  repository.ratchet('install')
  for (const hook of ['pre-commit', 'post-checkout']) repository.remove(`.git/hooks/${hook}`)
  const change = (branch: string, path: string): void => {
    git('checkout', '-q', '-b', branch, 'main')
    repository.ratchet('checkout', '--force')
    repository.write(path, `${branch}\n`)
    repository.ratchet('add', 'data')
    git('commit', '-qam', branch)
  }
  change('left', 'data/a')
  change('right', 'data/new')
  git('merge', '-q', '--no-edit', 'left')
  repository.ratchet('checkout', '--force')
  expect(['data/a', 'data/new', 'data/b'].map((path) => repository.read(path))).toEqual([
    'left\n',
    'right\n',
    'b\n',
  ])
  expect(repository.dvc('data', 'status', '--json').trim()).toBe('{}')
})
