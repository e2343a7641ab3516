import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FolderHints, watchFolder } from './folder-hints.ts'

let root: string
let hints: FolderHints | null
let told: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-hints-'))
  told = 0
  hints = null
})
afterEach(() => {
  hints?.close()
  rmSync(root, { recursive: true, force: true })
})

function watching(folder: string, deep: boolean): FolderHints {
  hints = watchFolder(join(root, folder), deep, () => (told += 1))
  return hints
}

/** Whether a hint comes after a file was written there. */
async function isToldOf(path: string): Promise<boolean> {
  const before = told
  writeFileSync(join(root, path), 'x')
  for (let look = 0; look < 40 && told === before; look++)
    await new Promise((resolve) => setTimeout(resolve, look < 10 ? 5 : 50))
  return told > before
}

async function isSilentOn(path: string): Promise<boolean> {
  const before = told
  writeFileSync(join(root, path), 'x')
  await new Promise((resolve) => setTimeout(resolve, 50))
  return told === before
}

test('a file in the folder is told of, one in a folder below only where that is asked', async () => {
  mkdirSync(join(root, 'new/deep'), { recursive: true })
  watching('new', false)
  expect(await isToldOf('new/a.csv')).toBe(true)
  expect(await isSilentOn('new/deep/a.csv')).toBe(true)
  hints?.close()
  watching('new', true)
  expect(await isToldOf('new/deep/b.csv')).toBe(true)
})

test('a folder that comes is followed, and one that was put in the place of another', async () => {
  const { refresh } = watching('new', true)
  expect(await isSilentOn('elsewhere')).toBe(true)
  mkdirSync(join(root, 'new'))
  refresh()
  expect(await isToldOf('new/a.csv')).toBe(true)
  mkdirSync(join(root, 'new/2024'))
  refresh()
  expect(await isToldOf('new/2024/a.csv')).toBe(true)
  renameSync(join(root, 'new'), join(root, 'old'))
  mkdirSync(join(root, 'new'))
  refresh()
  expect(await isToldOf('new/b.csv')).toBe(true)
  expect(await isSilentOn('old/b.csv')).toBe(true)
})
