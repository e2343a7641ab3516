import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideIgnored, readIgnoreRules } from './ignore.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-ignore-'))
})
afterAll(() => rmSync(root, { recursive: true }))

// What DVC 3.67.1 answers. Unlike with Git, a pattern about a folder is about all that is below it, also one with `!`.
test.each([
  ['f*\n!foo', { 'foo/file': false, 'data/foo/file': false, fzz: true, 'fab/foo': true }],
  ['*\n!a/**', { 'a/b/c': false, 'x/a': true, b: true }],
  ['f*\n!a/b\n!foo/*\n!b*r', { 'foo/a/fzz': true, 'a/b/f': false }],
  ['**\n!foo/*', { 'foo/x/c': true }],
  ['foo/\n!foo/x', { 'foo/x': true, foo: false }],
  [
    '/data/*.tmp\n!keep.tmp',
    { 'data/a.tmp': true, 'data/keep.tmp': false, 'sub/data/a.tmp': false },
  ],
  ['a/**/c', { 'a/c': true, 'a/x/y/c': true, 'b/a/c': false }],
])('%j', (text, wanted) => {
  writeFileSync(join(root, '.dvcignore'), text)
  const rules = readIgnoreRules(root, '')
  for (const [path, isIgnored] of Object.entries(wanted)) {
    const parts = path.split('/')
    const folders = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
    const found = folders.some((folder) => rules(folder, true)) || rules(path, false)
    expect([path, found]).toEqual([path, isIgnored])
    expect([path, decideIgnored(root, path, false)?.isIgnored ?? false]).toEqual([path, isIgnored])
  }
})
