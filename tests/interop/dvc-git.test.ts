import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'

const made: DvcRepository[] = []
afterAll(() => {
  for (const repository of made) repository.close()
})

function begin(): DvcRepository {
  const repository = new DvcRepository(tools.dvc())
  made.push(repository)
  repository.dvc('init', '-q')
  repository.commit('start')
  return repository
}

test('hooks and the merge driver are those of dvc, by our name', () => {
  const [theirs, ours] = [begin(), begin()]
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
  const repository = begin()
  for (const name of ['a', 'b', 'c']) repository.write(`data/${name}`, `${name}\n`)
  repository.write('.gitattributes', '*.dvc merge=dvc\n')
  repository.ratchet('add', 'data')
  repository.commit('data')
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
