import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DataProject, importAddress, initDataProject, openDataProject } from '../index.ts'

let project: DataProject

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'ratchet-record-'))
  initDataProject(root)
  project = openDataProject(root)
  write('foo', 'foo\n')
})
afterEach(() => {
  project.close()
  rmSync(project.root, { recursive: true, force: true })
})

const write = (path: string, text: string): void => writeFileSync(join(project.root, path), text)
const read = (path: string): string => readFileSync(join(project.root, path), 'utf8')

const importFoo = (more: { readonly noExec?: boolean; readonly force?: boolean } = {}) =>
  importAddress(project, { url: 'foo', out: 'bar', cwd: project.root, here: '', ...more })

const OUT =
  'outs:\n- path: bar # out comment\n  desc: out desc\n  type: mytype\n  labels:\n  - label1\n  meta:\n    key: value\n'
const HEAD = '# top comment\ndesc: top desc\ndeps:\n- path: foo # dep comment\n'
const FOO = '  md5: d3b07384d113edec49eaa6238ad5ff00\n  size: 4\n  hash: md5\n'
const META = 'meta: some metadata\n'

// The bytes of dvc 3.67.1 in each.
test('a file written by hand keeps its remarks and what it says of the data', async () => {
  write('bar.dvc', `${HEAD}${OUT}  remote: x\n  push: false\n${META}`)
  await importFoo()
  expect(read('bar.dvc')).toBe(
    `${HEAD}${FOO}${OUT}  remote: x\n  push: false\n${FOO}${META}md5: fb0f547cc36490784b83b8d01087b70e\nfrozen: true\n`,
  )
})

test('what says no more than is taken for granted goes', async () => {
  write('bar.dvc', `${HEAD}${OUT}  cache: true\n  push: false\n${META}`)
  await importFoo({ noExec: true })
  expect(read('bar.dvc')).toBe(
    `${HEAD}  hash: md5\n${OUT}  push: false\n  hash: md5\n${META}frozen: true\n`,
  )
})

test('data that was added becomes an import in the same file', async () => {
  write('bar.dvc', `outs:\n- path: bar # mine\n${FOO}`)
  await importFoo()
  expect(read('bar.dvc')).toBe(
    `outs:\n- path: bar # mine\n${FOO}md5: b19d73d46315814262d305942526ec6c\nfrozen: true\ndeps:\n- md5: d3b07384d113edec49eaa6238ad5ff00\n  size: 4\n  hash: md5\n  path: foo\n`,
  )
})
