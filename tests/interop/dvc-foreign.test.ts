import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DvcRepository } from './dvc-repository.ts'
import { makeUpstream } from './dvc-upstream.ts'
import { tools } from './tools.ts'

const made: DvcRepository[] = []
afterAll(() => {
  for (const repository of made) repository.close()
})

/** A repository that has another beside it, in `.home/up`. */
function begin(): DvcRepository {
  const repository = new DvcRepository(tools.dvc())
  made.push(repository)
  repository.dvc('init', '-q')
  makeUpstream(repository)
  repository.commit('start')
  return repository
}

test('what a repository has is listed and measured as dvc does', () => {
  const repository = begin()
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
  const repository = begin()
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
  repository.dvcOf(tools.dvc(), ['add', '-q', 'data'], '.home/up')
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
  expect(() => repository.dvc(...absent)).toThrow('Command failed')
  expect(() => repository.ratchet(...absent)).toThrow(/churn@v1\.10\.0/)
}, 120_000)
