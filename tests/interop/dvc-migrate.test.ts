import { cpSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DvcRepository } from './dvc-repository.ts'
import { readTree } from '../dvc-fixtures/tree.ts'
import { tools } from './tools.ts'

let tool: string
let start: DvcRepository
const made: DvcRepository[] = []

beforeAll(() => {
  tool = tools.dvc()
  start = asDvc2Leaves(tools.dvc2())
}, 600_000)
afterAll(() => {
  for (const repository of made) repository.close()
})

const PIPELINE = `stages:
  copy:
    cmd: cp text.csv out.csv && cp -r data made && echo '{"loss":0.5}' > m.json
    deps: [text.csv, data]
    params: [lr]
    outs: [out.csv, made]
    metrics: [{m.json: {cache: false}}]
  after:
    cmd: cp out.csv later.csv
    deps: [out.csv]
    outs: [later.csv]
`

function begin(): DvcRepository {
  const repository = new DvcRepository(tool)
  made.push(repository)
  cpSync(start.root, repository.root, { recursive: true, preserveTimestamps: true })
  return repository
}

/** Texts with the line ends of Windows, folders, stages, an import. */
function asDvc2Leaves(old: string): DvcRepository {
  const repository = new DvcRepository(tool)
  made.push(repository)
  repository.dvcOf(old, ['init', '-q', '--no-scm'])
  repository.write('text.csv', 'a\r\nb\r\n')
  repository.write('data/x', 'x\r\n')
  repository.write('data/s/y', 'y\n')
  repository.write('zeros', Buffer.alloc(2000))
  repository.write('.home/src/one.csv', 'one\r\n')
  repository.write('dvc.yaml', PIPELINE)
  repository.write('params.yaml', 'lr: 0.1\n')
  repository.dvcOf(old, ['add', '-q', 'text.csv', 'data', 'zeros'])
  repository.dvcOf(old, ['import-url', '-q', '.home/src/one.csv', 'one.csv'])
  repository.dvcOf(old, ['repro', '-q'])
  repository.write('zeros.dvc', `# mine\n${repository.read('zeros.dvc')}desc: kept\n`)
  repository.write('.dvc/config', '')
  repository.write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n')
  const data = ['text.csv', 'data', 'zeros', 'one.csv', 'out.csv', 'made', 'later.csv']
  repository.write('.gitignore', data.map((name) => `/${name}\n`).join(''))
  repository.commit('by dvc 2')
  return repository
}

const treeOf = ({ root }: DvcRepository) =>
  JSON.parse(JSON.stringify(readTree(root)).replaceAll(root, '')) as Record<string, string>

const changesInGit = (repository: DvcRepository): string => repository.git('status', '--porcelain')

describe('a repository of DVC 2', () => {
  test('its stages are up to date, and what is deleted comes back', () => {
    const repository = begin()
    expect(repository.ratchet('repro', '--dry')).not.toContain('would run')
    expect(repository.ratchet('status')).toContain('up to date')
    for (const path of ['text.csv', 'data', 'out.csv', 'made', 'later.csv']) repository.remove(path)
    repository.ratchet('checkout')
    expect(repository.read('made/x')).toBe('x\r\n')
    repository.remove('made')
    repository.ratchet('repro')
    expect(repository.read('made/x')).toBe('x\r\n')
    expect(changesInGit(repository)).toBe('')
    expect(repository.dvc('status')).toContain('up to date')
  })

  test('a stage that runs again leaves the lock that dvc leaves', () => {
    const [theirs, ours] = [begin(), begin()]
    for (const repository of [theirs, ours]) repository.write('text.csv', 'c\r\n')
    theirs.dvc('repro', '-q')
    ours.ratchet('repro')
    expect(ours.read('dvc.lock')).toBe(theirs.read('dvc.lock'))
    expect(ours.read('text.csv.dvc')).toBe(theirs.read('text.csv.dvc'))
    expect(ours.dvc('status')).toContain('up to date')
  })

  test('cache migrate leaves what dvc leaves, and a second one changes nothing', () => {
    const [theirs, ours] = [begin(), begin()]
    expect(ours.ratchet('cache', 'migrate', '--dry')).toBe(theirs.dvc('cache', 'migrate', '--dry'))
    theirs.dvc('cache', 'migrate')
    ours.ratchet('cache', 'migrate')
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    theirs.dvc('cache', 'migrate', '--dvc-files')
    ours.ratchet('cache', 'migrate', '--dvc-files')
    expect(treeOf(ours)).toEqual(treeOf(theirs))
    expect(ours.dvc('status')).toContain('up to date')
    ours.commit('migrated')
    expect(ours.dvc('data', 'status', '--json').trim()).toBe('{}')
    const before = treeOf(ours)
    const again = JSON.parse(ours.ratchet('cache', 'migrate', '--dvc-files', '--json')) as object
    expect(again).toMatchObject({ migrated: 0, files: [], left: [] })
    expect(treeOf(ours)).toEqual(before)
  })

  test('without the workspace it is migrated from the cache, to the same records', () => {
    const [theirs, ours] = [begin(), begin()]
    theirs.dvc('cache', 'migrate', '--dvc-files')
    for (const path of ['text.csv', 'data', 'zeros', 'out.csv', 'made', 'later.csv', 'one.csv'])
      ours.remove(path)
    ours.ratchet('cache', 'migrate', '--dvc-files')
    for (const file of ['text.csv.dvc', 'data.dvc', 'zeros.dvc', 'one.csv.dvc', 'dvc.lock'])
      expect([file, ours.read(file)]).toEqual([file, theirs.read(file)])
    ours.dvc('checkout', '-q')
    expect(ours.read('made/x')).toBe('x\r\n')
  })

  test('a change that nobody recorded is told, and not recorded by a migration', () => {
    const repository = begin()
    repository.write('data/x', 'changed\r\n')
    const before = repository.read('data.dvc')
    expect(() => repository.ratchet('cache', 'migrate', '--dvc-files')).toThrow(/Command failed/)
    expect(repository.read('data.dvc')).toBe(before)
    expect(repository.read('text.csv.dvc')).toContain('hash: md5')
    expect(repository.ratchet('status')).toContain('data')
  })
})
