import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTree } from '../dvc-fixtures/tree.ts'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'

let tool: string
const made: DvcRepository[] = []

beforeAll(() => {
  tool = tools.dvc()
}, 300_000)
afterAll(() => {
  for (const repository of made) repository.close()
})

const PIPELINE = `stages:
  copy:
    cmd: cp one.csv out.csv && echo ran >> .home/log
    deps: [one.csv]
    outs: [out.csv]
  after:
    cmd: cp out.csv later.csv && echo ran >> .home/log
    deps: [out.csv]
    outs: [later.csv]
`

/** Both begin alike, and do the same, one by dvc and one by ratchet. */
function pair(settings: readonly (readonly string[])[] = []) {
  const begin = (): DvcRepository => {
    const repository = new DvcRepository(tool)
    made.push(repository)
    repository.dvc('init', '-q')
    for (const setting of settings) repository.dvc('config', '-q', ...setting)
    repository.write('one.csv', 'one\n')
    repository.write('data/a', 'a\n')
    repository.write('data/s/b', 'b\n')
    repository.write('.home/log', '')
    repository.write('dvc.yaml', PIPELINE)
    return repository
  }
  const [theirs, ours] = [begin(), begin()]
  const both = (...args: readonly string[]): void => {
    theirs.dvc(...args)
    ours.ratchet(...args)
  }
  const git = (...args: readonly string[]): void => {
    for (const repository of [theirs, ours]) repository.git(...args)
  }
  return { theirs, ours, both, git }
}

const treeOf = ({ root }: DvcRepository) =>
  JSON.parse(JSON.stringify(readTree(root)).replaceAll(root, '')) as Record<string, string>

describe('by dvc in one repository, by ratchet in the other', () => {
  test('checkout of another branch takes away what nothing names there, and brings it back', () => {
    const { theirs, ours, both, git } = pair()
    both('add', 'one.csv')
    git('add', '.gitignore', 'one.csv.dvc', '.dvc', '.dvcignore')
    git('commit', '-qm', 'one')
    git('checkout', '-qb', 'more')
    both('add', 'data')
    both('repro')
    git('add', '-A')
    git('commit', '-qm', 'more')
    git('checkout', '-q', 'main')
    both('checkout')
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    expect(Object.keys(treeOf(ours)).filter((path) => !path.startsWith('.dvc'))).not.toContain(
      'data/a',
    )
    git('checkout', '-q', 'more')
    both('checkout')
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    expect(ours.read('data/s/b')).toBe('b\n')
  })

  test('repro --pull runs nothing that the remote has', () => {
    const { theirs, ours, both } = pair()
    both('remote', 'add', '-d', 'store', '.home/store')
    both('add', 'one.csv')
    both('repro')
    both('push', '--run-cache')
    for (const repository of [theirs, ours]) {
      repository.commit('one')
      for (const path of ['.dvc/cache', 'one.csv', 'out.csv', 'later.csv']) repository.remove(path)
    }
    both('repro', '--pull')
    for (const repository of [theirs, ours]) expect(repository.read('.home/log')).toBe('ran\nran\n')
    expect(ours.read('later.csv')).toBe('one\n')
    // The lock is lost, so only the earlier runs tell what comes out.
    for (const repository of [theirs, ours])
      for (const path of ['.dvc/cache', 'out.csv', 'later.csv', 'dvc.lock']) repository.remove(path)
    both('repro', '--pull')
    expect(ours.read('dvc.lock')).toBe(theirs.read('dvc.lock'))
    for (const repository of [theirs, ours]) expect(repository.read('.home/log')).toBe('ran\nran\n')
  })

  test('a cache for a group has the same modes, folders too', () => {
    const { theirs, ours, both } = pair([
      ['cache.shared', 'group'],
      ['cache.type', 'hardlink'],
    ])
    both('add', 'one.csv', 'data')
    both('repro')
    both('unprotect', 'one.csv')
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    const modes = ({ root }: DvcRepository, folders: readonly string[]) =>
      folders.map((folder) => [folder, (statSync(join(root, folder)).mode & 0o7777).toString(8)])
    const folders = Object.keys(treeOf(theirs))
      .filter((path) => path.startsWith('.dvc/cache/files/'))
      .map((path) => path.slice(0, path.lastIndexOf('/')))
    expect(modes(ours, folders)).toEqual(modes(theirs, folders))
  })

  test('with core.hardlink_lock they wait for one another', () => {
    const { ours } = pair([['core.hardlink_lock', 'true']])
    ours.ratchet('add', 'one.csv')
    ours.dvc('repro', '-q')
    ours.ratchet('add', 'data')
    expect(ours.dvc('status')).toContain('up to date')
    // While ratchet runs a stage that asks dvc, dvc has the lock and gives it back.
    ours.write(
      'dvc.yaml',
      `stages:\n  nested:\n    cmd: ${tool} add -q data && echo done > done\n    deps: [one.csv]\n    outs: [done]\n`,
    )
    ours.ratchet('repro')
    expect(ours.read('done')).toBe('done\n')
    expect(ours.dvc('status')).toContain('up to date')
  })
})
