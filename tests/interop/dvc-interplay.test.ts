import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

function begin(): DvcRepository {
  const repository = new DvcRepository(tool)
  made.push(repository)
  return repository
}

const ODD = [
  'data',
  '2020',
  'é 😀.csv',
  'odd # name: 1.csv',
  "it's [1]!.csv",
  'run.sh',
  'empty.csv',
]

function writeOdd(repository: DvcRepository): void {
  for (const name of ['a', 'sub/bé😀', '\uffee', 'sub/deep/c'])
    repository.write(`data/${name}`, name)
  mkdirSync(join(repository.root, 'data/nothing'))
  for (const name of ODD.slice(1)) repository.write(name, name === 'empty.csv' ? '' : `${name}\n`)
  chmodSync(join(repository.root, 'run.sh'), 0o755)
}

const changesInGit = (repository: DvcRepository): string => repository.git('status', '--porcelain')

describe('one repository, by turns', () => {
  test('what we write is clean to dvc, and what dvc writes after it is the same', () => {
    const repository = begin()
    repository.ratchet('init', '--name', 'turns')
    writeOdd(repository)
    repository.ratchet('add', ...ODD)
    repository.ratchet('remote', 'add', '-d', 'store', '.home/store')
    repository.ratchet('push')
    repository.commit('by ratchet')
    expect(repository.dvc('status')).toContain('up to date')
    expect(repository.dvc('data', 'status', '--json').trim()).toBe('{}')
    repository.dvc('add', '-q', ...ODD)
    repository.dvc('commit', '-q', '-f')
    expect(changesInGit(repository)).toBe('')
    repository.remove('.dvc/cache')
    for (const name of ODD) repository.remove(name)
    repository.dvc('pull', '-q')
    expect(repository.read('data/sub/bé😀')).toBe('sub/bé😀')
    expect(changesInGit(repository)).toBe('')
  })

  test('what dvc writes is clean to us, and we leave it as it is', () => {
    const repository = begin()
    repository.dvc('init', '-q')
    writeOdd(repository)
    repository.dvc('add', '-q', ...ODD)
    repository.dvc('remote', 'add', '-d', '-q', 'store', '.home/store')
    repository.dvc('push', '-q')
    repository.write(
      'data.dvc',
      `# mine\n${repository.read('data.dvc').replace('  path: data', '  path: data # here')}desc: kept\n`,
    )
    repository.commit('by dvc')
    expect(repository.ratchet('data', 'status', '--json').trim()).toBe('{}')
    repository.ratchet('add', ...ODD)
    expect(changesInGit(repository)).toBe('')
    repository.write('data/new', 'new\n')
    repository.ratchet('add', 'data')
    const ours = repository.read('data.dvc')
    expect(ours).toMatch(/^# mine\n[^]*path: data # here\ndesc: kept\n$/)
    repository.dvc('add', '-q', 'data')
    expect(repository.read('data.dvc')).toBe(ours)
    repository.remove('.dvc/cache')
    for (const name of ODD) repository.remove(name)
    repository.git('checkout', '-q', 'data.dvc')
    repository.ratchet('pull')
    expect(repository.dvc('data', 'status', '--json').trim()).toBe('{}')
  })
})

test('data of DVC 2 is read, told and kept as dvc 3 does', () => {
  const old = tools.dvc2()
  const repository = begin()
  repository.dvcOf(old, ['init', '-q', '--no-scm'])
  repository.write('text.csv', 'a\r\nb\r\n')
  repository.write('data/x', 'x\r\n')
  repository.write('data/s/y', 'y\n')
  repository.write('zeros', Buffer.alloc(2000))
  repository.dvcOf(old, ['add', '-q', 'text.csv', 'data', 'zeros'])
  repository.write('.dvc/config', '')
  repository.write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n')
  repository.write('.gitignore', '/text.csv\n/data\n/zeros\n')
  repository.commit('by dvc 2')
  const status = ['data', 'status', '--json', '--granular', '--unchanged']
  const same = (): void => {
    const { dvc, ratchet } = repository.both(...status)
    expect(ratchet).toEqual(dvc)
  }
  same()
  repository.ratchet('add', 'text.csv', 'data')
  expect(changesInGit(repository)).toBe('')
  repository.remove('data/x')
  repository.ratchet('checkout')
  expect(repository.read('data/x')).toBe('x\r\n')
  repository.write('data/x', 'changed\r\n')
  repository.ratchet('add', 'data')
  const ours = repository.read('data.dvc')
  repository.git('checkout', '-q', 'data.dvc')
  repository.dvc('add', '-q', 'data')
  expect(ours).toBe(repository.read('data.dvc'))
  same()
})
