import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'

let repository: DvcRepository

beforeAll(() => {
  repository = new DvcRepository(tools.dvc())
  const files = ['data/a', 'data/b', 'data/sub/x', 'data/sub/deep/y', 'one.csv', 'src/two.csv']
  for (const file of [...files, 'gone.csv', 'lost/a', 'lost/in/b'])
    repository.write(file, `${file}\n`)
  repository.write('empty', '')
  repository.write('😀 é.csv', 'odd\n')
  repository.write('dvc.yaml', PIPELINE)
  repository.dvc('init', '-q')
  repository.dvc(
    'add',
    '-q',
    'data',
    'one.csv',
    'src/two.csv',
    'gone.csv',
    'lost',
    'empty',
    '😀 é.csv',
  )
  repository.dvc('repro', '-q', 'copy', 'folder')
  repository.commit('one')
  change()
}, 300_000)
afterAll(() => repository.close())

const PIPELINE = `stages:
  copy:
    cmd: cp one.csv out.csv && echo {} > m.json
    deps: [one.csv]
    outs: [out.csv]
    metrics: [{m.json: {cache: false}}]
  folder:
    cmd: mkdir -p o && cp out.csv o/x
    deps: [out.csv]
    outs: [o/]
  never:
    cmd: touch nothing
    outs: [nothing]
`

// Some changes are recorded, some are not; one listing is lost.
function change(): void {
  repository.write('data/a', 'changed\n')
  renameSync(join(repository.root, 'data/sub/x'), join(repository.root, 'data/moved'))
  repository.dvc('add', '-q', 'data')
  repository.write('one.csv', 'changed\n')
  repository.remove('gone.csv')
  renameSync(join(repository.root, 'src/two.csv'), join(repository.root, 'renamed.csv'))
  repository.remove('src/two.csv.dvc')
  repository.dvc('add', '-q', 'renamed.csv')
  repository.remove('data/b')
  repository.write('data/sub/deep/new', 'new\n')
  repository.write('nothing', 'not by its stage\n')
  repository.write('untracked.txt', 'x')
  const listing = /([0-9a-f]{2})([0-9a-f]{30}\.dir)/.exec(repository.read('lost.dvc')) ?? []
  repository.remove(`.dvc/cache/files/md5/${listing[1]}/${listing[2]}`)
  repository.write('lost/in/c', 'c\n')
}

test.each([
  [['status', '--json']],
  [['status', '--json', 'data.dvc', 'copy']],
  [['data', 'status', '--json']],
  [['data', 'status', '--json', '--granular', '--unchanged', '--untracked-files']],
  [['data', 'status', '--json', '--granular', 'data/sub', 'out.csv']],
  [['diff', '--json', '--show-hash']],
  [['diff', '--json', '--targets', 'data/sub']],
])('%j: the same document as dvc', (args) => {
  const { dvc, ratchet } = repository.both(...args)
  expect(ratchet).toEqual(dvc)
})

test.each([
  [['list', '.', 'data', '--tree']],
  [['list', '.', 'data', '--tree', '-L', '1']],
  [['list', '.', 'data', '-R', '--size']],
  [['list', '.', 'data', '--dvc-only']],
  [['diff', 'HEAD', 'HEAD', '--md']],
])('%j: the same lines as dvc', (args) => {
  const linesOf = (text: string): readonly string[] =>
    text.split('\n').map((line) => line.trimEnd())
  const listed = linesOf(repository.dvc(...args)).filter((line) => line !== '')
  expect(linesOf(repository.ratchet(...args)).filter((line) => line !== '')).toEqual(listed)
})

test('between commits too, and the words on the screen are the same', () => {
  repository.remove('lost')
  repository.remove('lost.dvc')
  repository.commit('two')
  const { dvc, ratchet } = repository.both('diff', '--json', '--show-hash', 'HEAD~1', 'HEAD')
  expect(ratchet).toEqual(dvc)
  expect(repository.ratchet('diff', 'HEAD~1')).toBe(repository.dvc('diff', 'HEAD~1'))
})
