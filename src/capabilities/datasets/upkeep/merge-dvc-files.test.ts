import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../../base/hash.ts'
import { addDataset, type DataProject, initDataProject, openDataProject } from '../index.ts'
import { mergeDvcFiles, mergeEntries } from './merge-dvc-files.ts'

let root: string
let project: DataProject
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-merge-'))
  initDataProject(root, { withoutGit: true })
  project = openDataProject(root)
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

/** The .dvc file of a folder that holds these files, each with its name and a line end in it. */
async function added(...names: readonly string[]): Promise<string> {
  rmSync(join(root, 'data'), { recursive: true, force: true })
  mkdirSync(join(root, 'data'))
  for (const name of names) writeFileSync(join(root, 'data', name), `${name}\n`)
  await addDataset(project, 'data')
  return readFileSync(join(root, 'data.dvc'), 'utf8')
}

const listing = (text: string) =>
  text.split(' ').map((word) => ({ relpath: word.slice(0, 1), md5: word.slice(1) }))
const shown = (entries: readonly { relpath: string; md5: string }[]) =>
  entries.map(({ relpath, md5 }) => relpath + md5).toSorted()

test('each side keeps what it added, changed and removed', () => {
  const merged = mergeEntries(
    listing('a1 b1 c1 d1'),
    listing('a2 b1 c1 e1'),
    listing('a1 b1 d1 f1'),
  )
  expect(shown(merged)).toEqual(['a2', 'b1', 'e1', 'f1'])
})

test('the same change on both sides is one change', () => {
  expect(shown(mergeEntries(listing('a1'), listing('a2 n1'), listing('a2 n1')))).toEqual([
    'a2',
    'n1',
  ])
})

test.each([
  ['changed on both sides', 'a1', 'a2', 'a3'],
  ['changed here, removed there', 'a1 b1', 'a2 b1', 'b1'],
  ['added twice', 'b1', 'a2 b1', 'a3 b1'],
])('%s is a conflict', (_, before, ours, theirs) => {
  expect(() => mergeEntries(listing(before), listing(ours), listing(theirs))).toThrow(
    expect.objectContaining({ code: 'DATASET_MERGE_CONFLICT' }),
  )
})

// dvc 3.67.1 writes the same of these sides, with and without the file in the cache.
test('the record of the merged folder is that of a folder that was added', async () => {
  const sides = {
    ancestor: await added('a', 'b'),
    ours: await added('a', 'b', 'c'),
    theirs: await added('a', 'b', 'dd'),
  }
  const whole = await added('a', 'b', 'c', 'dd')
  expect(whole).toContain('fab652a046675a58cf00d640d985f7c7.dir\n  size: 9\n  nfiles: 4\n')
  expect(mergeDvcFiles(project, sides).text).toBe(whole)
  const oid = md5('dd\n')
  rmSync(join(project.cacheDir, 'files/md5', oid.slice(0, 2), oid.slice(2)))
  expect(mergeDvcFiles(project, sides).text).toBe(whole.replace('  size: 9\n', ''))
})

test('where one side says nothing the other stands', async () => {
  const text = await added('a')
  expect(mergeDvcFiles(project, { ancestor: '', ours: '', theirs: text }).text).toBe(text)
  expect(mergeDvcFiles(project, { ancestor: '', ours: text, theirs: '' }).text).toBe(text)
})

test('sides that say different things of the folder are not merged, nor is an import', async () => {
  const text = await added('a')
  const refused = (ours: string, theirs: string): void =>
    expect(() => mergeDvcFiles(project, { ancestor: '', ours, theirs })).toThrow(
      expect.objectContaining({ code: 'DATASET_MERGE_CONFLICT' }),
    )
  refused(text, text.replace('path: data', 'path: data\n  remote: other'))
  refused(text, `deps:\n- path: ../away\n${text}`)
  refused(`${text}- md5: ${md5('')}\n  hash: md5\n  path: second\n`, text)
})

// DVC refuses these.
test('a merged folder keeps the versions of its files', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => {
    const file = `  - relpath: ${name}\n    md5: ${md5(`${name}\n`)}\n    size: 2\n`
    return { file, pushed: `${file}    cloud:\n      store:\n        version_id: v-${name}\n` }
  })
  const listed = (...files: readonly (string | undefined)[]): string =>
    `outs:\n- hash: md5\n  path: data\n  files:\n${files.join('')}`
  const { text } = mergeDvcFiles(project, {
    ancestor: listed(a?.pushed),
    ours: listed(a?.pushed, c?.file),
    theirs: listed(a?.file, b?.pushed),
  })
  expect(text).toBe(listed(a?.pushed, b?.pushed, c?.file))
})
