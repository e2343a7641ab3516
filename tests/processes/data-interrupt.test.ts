import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const RATCHET = join(import.meta.dirname, '../../bin/ratchet')
// More than move within the time between two looks.
const FILES = 1500

let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-interrupt-'))
  execFileSync('git', ['init', '-q', root])
  ratchet('init')
  mkdirSync(join(root, 'data'))
  for (let index = 0; index < FILES; index++)
    writeFileSync(join(root, 'data', String(index)), `${index}\n`.repeat(40))
  mkdirSync(join(root, '.remote'))
  ratchet('remote', 'add', '-d', 'here', join(root, '.remote'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function ratchet(...args: readonly string[]): string {
  return execFileSync(RATCHET, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
}

/** Ctrl-C as soon as there is a file in a folder. Resolves to the exit code. */
async function interruptedOnce(folder: string, verb: readonly string[]): Promise<number | null> {
  const child = spawn(RATCHET, verb, { cwd: root, stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const look = setInterval(() => {
    if (filesIn(join(root, folder)).length === 0) return
    clearInterval(look)
    child.kill('SIGINT')
  }, 3)
  const code = await ended
  clearInterval(look)
  return code
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

const leftovers = (): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('ratchet~'),
  )

test('Ctrl-C ends add, push and pull with 130, and the next one finishes the work', async () => {
  expect(await interruptedOnce('.dvc/cache', ['add', 'data'])).toBe(130)
  expect(existsSync(join(root, 'data.dvc'))).toBe(false)
  expect(leftovers()).toEqual([])
  ratchet('add', 'data')
  expect(await interruptedOnce('.remote', ['push'])).toBe(130)
  expect(filesIn(join(root, '.remote')).length).toBeLessThan(FILES + 1)
  ratchet('push')
  // The files and the listing that promises them.
  expect(filesIn(join(root, '.remote'))).toHaveLength(FILES + 1)
  rmSync(join(root, '.dvc/cache'), { recursive: true })
  rmSync(join(root, 'data'), { recursive: true })
  expect(await interruptedOnce('.dvc/cache', ['pull'])).toBe(130)
  ratchet('pull')
  expect(readdirSync(join(root, 'data'))).toHaveLength(FILES)
  expect(readFileSync(join(root, 'data/7'), 'utf8')).toBe('7\n'.repeat(40))
  expect(leftovers()).toEqual([])
  expect(ratchet('data', 'verify')).toContain(`${FILES + 1} objects checked, 0 broken`)
}, 60_000)
