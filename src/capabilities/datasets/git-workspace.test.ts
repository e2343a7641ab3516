import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findTrackedFiles, parseStatus, readGitWorkspace } from './git-workspace.ts'

let root: string
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  })

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-workspace-'))
  git('init', '--quiet')
  write('shop/train.py', 'one\n')
  write('shop/old name.py', 'kept as it is, so that it is found again\n')
  write('shop/.env', 'TOKEN=old\n')
  write('shop/keys/Server.PEM', 'old\n')
  write('shop/Secrets/prod.yaml', 'old\n')
  write('beside/secret.py', 'of another project\n')
  write('.gitignore', 'ignored/\n')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'first')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const look = (most = 1 << 20) => readGitWorkspace(join(root, 'shop'), most)

test('a clean project is its commit', async () => {
  expect(await look()).toEqual({
    commit: git('rev-parse', 'HEAD').trim(),
    changed: [],
    untracked: [],
    diff: '',
  })
})

test('what changed is named and shown, but not secrets, not what Git does not know, not what is beside the project', async () => {
  write('shop/train.py', 'two\n')
  git('mv', 'shop/old name.py', 'shop/new name.py')
  write('shop/.env', 'TOKEN=hush\n')
  write('shop/keys/Server.PEM', 'hush\n')
  write('shop/Secrets/prod.yaml', 'hush\n')
  write('shop/notes.txt', 'hush\n')
  write('shop/scratch/a.txt', 'hush\n')
  write('shop/ignored/b.txt', 'hush\n')
  write('beside/secret.py', 'hush\n')
  const found = await look()
  expect(found?.changed.toSorted()).toEqual([
    '.env',
    'Secrets/prod.yaml',
    'keys/Server.PEM',
    'new name.py',
    'train.py',
  ])
  expect(found?.untracked.toSorted()).toEqual(['notes.txt', 'scratch/'])
  expect(found?.diff).toContain('-one\n+two\n')
  expect(found?.diff).not.toContain('hush')
})

test('a difference that is too large is told by its files alone', async () => {
  write('shop/train.py', 'x\n'.repeat(10_000))
  expect(await look(1000)).toMatchObject({ changed: ['train.py'], diff: null })
})

test('there is nothing to say before the first commit, or outside of Git', async () => {
  rmSync(join(root, '.git'), { recursive: true })
  expect(await look()).toBeNull()
  git('init', '--quiet')
  expect(await look()).toBeNull()
})

test('a tracked file is found by its name, which is no pattern', async () => {
  expect(await findTrackedFiles(join(root, 'shop'), 'train.py')).toEqual(['train.py'])
  expect(await findTrackedFiles(root, 'Server.PEM')).toEqual(['shop/keys/Server.PEM'])
  for (const name of ['*', 'train.p?', '[t]rain.py', ':(top)train.py', '../beside/secret.py'])
    expect(await findTrackedFiles(join(root, 'shop'), name)).toEqual([])
})

test('a status with spaces, renames and conflicts is read', () => {
  const oid = 'a'.repeat(40)
  const output = [
    `# branch.oid ${oid}`,
    '# branch.head main',
    `1 .M N... 100644 100644 100644 ${oid} ${oid} sub/a b.py`,
    `2 R. N... 100644 100644 100644 ${oid} ${oid} R100 sub/new.py`,
    'sub/old.py',
    `u UU N... 100644 100644 100644 100644 ${oid} ${oid} ${oid} sub/both.py`,
    '? sub/new/',
    '',
  ].join('\0')
  expect(parseStatus(output, 'sub/')).toEqual({
    commit: oid,
    changed: ['a b.py', 'new.py', 'both.py'],
    untracked: ['new/'],
  })
})
