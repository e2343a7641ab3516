import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DvcRepository, sorted } from './dvc-repository.ts'
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

/** Another repository with data of two versions, whose commits have the same names whoever makes them. */
function makeUpstream(repository: DvcRepository): void {
  const dvc = (...args: readonly string[]): string => repository.dvcOf(tool, args, '.home/up')
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: join(repository.root, '.home/up'),
      env: {
        ...repository.environment,
        GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
        GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
      },
      encoding: 'utf8',
      stdio: 'pipe',
    })
  for (const name of ['data/a', 'data/s/b', 'docs/x/readme'])
    repository.write(`.home/up/${name}`, `${name}\n`)
  git('init', '-q', '-b', 'main')
  dvc('init', '-q')
  for (const version of ['v1', 'v2']) {
    repository.write('.home/up/data/a', `${version}\n`)
    dvc('add', '-q', 'data')
    git('add', '-A')
    git('commit', '-qm', version)
    git('tag', version)
  }
}

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

test('what a repository has is listed and measured as dvc does', () => {
  const repository = begin({ name: '', commands: [], start: makeUpstream })
  const up = '.home/up'
  for (const args of [
    ['list', up, '--json', '-R'],
    ['list', up, '--json', '--rev', 'v1'],
    ['list', up, 'data', '--json', '--rev', 'v1'],
    ['list', up, '--json', '--dvc-only'],
  ]) {
    const { dvc, ratchet } = repository.both(...args)
    expect([args, ratchet]).toEqual([args, dvc])
  }
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .toSorted()
  for (const args of [
    ['du', up],
    ['du', up, 'data'],
    ['list', up, '--size', '--show-hash'],
  ])
    expect(lines(repository.ratchet(...args))).toEqual(lines(repository.dvc(...args)))
  for (const path of ['data', 'data/s/b', 'docs']) {
    repository.dvc('get', up, path, '--rev', 'v1', '-o', 'theirs')
    repository.ratchet('get', up, path, '--rev', 'v1', '-o', 'ours')
    expect(repository.run('diff', ['-r', 'theirs', 'ours'])).toBe('')
    for (const made of ['theirs', 'ours']) repository.remove(made)
  }
})

test('an artifact of a version, a stage and the highest version is the one that dvc gets', () => {
  const repository = begin({ name: '', commands: [], start: makeUpstream })
  const up = (...args: readonly string[]): string =>
    repository.git('-C', join(repository.root, '.home/up'), ...args)
  const declared =
    'artifacts:\n  churn: { path: data, type: model }\n  guide: { path: docs/x/readme }\n'
  repository.write('.home/up/dvc.yaml', declared)
  repository.write('.home/up/sub/dvc.yaml', 'artifacts:\n  own: { path: ../data/a }\n')
  up('add', '-A')
  up('commit', '-qm', 'declared')
  const first = up('rev-parse', 'HEAD').trim()
  repository.write('.home/up/data/a', 'v3\n')
  repository.dvcOf(tool, ['add', '-q', 'data'], '.home/up')
  up('commit', '-qam', 'v3')
  const give = (tag: string, commit: string): string => up('tag', '-a', '-m', tag, tag, commit)
  for (const tag of ['churn@v1.10.0', 'sub=own@v0.1.0', 'guide@v1.0.0', 'churn#prod#1'])
    give(tag, first)
  give('churn@v1.9.0', 'HEAD')
  give('churn#dev#2', 'HEAD')
  for (const args of [
    ['churn'],
    ['churn', '--rev', 'v1.9.0'],
    ['churn', '--stage', 'dev'],
    ['sub/dvc.yaml:own'],
  ]) {
    repository.dvc('artifacts', 'get', '.home/up', ...args, '-o', 'theirs')
    repository.ratchet('artifacts', 'get', '.home/up', ...args, '-o', 'ours')
    expect([args, repository.run('diff', ['-r', 'theirs', 'ours'])]).toEqual([args, ''])
    for (const made of ['theirs', 'ours']) repository.remove(made)
  }
  const absent = ['artifacts', 'get', '.home/up', 'churn', '--rev', 'v7.0.0'] as const
  expect(outcome(() => repository.dvc(...absent))).toBe('refused')
  expect(() => repository.ratchet(...absent)).toThrow(/churn@v1\.10\.0/)
}, 120_000)

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
