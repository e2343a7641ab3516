import { execFileSync, spawnSync } from 'node:child_process'
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
import { afterEach, beforeEach, expect, it } from 'vitest'

const RATCHET = join(import.meta.dirname, '../../../bin/ratchet')

let base: string
let folder: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ratchet-init-'))
  folder = join(base, 'team/model')
  mkdirSync(folder, { recursive: true })
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const ratchet = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(RATCHET, words, { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}

it('makes a folder of a larger Git repository a project when asked to, whose data Git then ignores', () => {
  execFileSync('git', ['init', '-q', base])
  expect(ratchet('init')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('ratchet init --subdir'),
  })
  expect(existsSync(join(folder, 'ratchet.yaml'))).toBe(false)
  expect(ratchet('init', '--subdir', '-q')).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(readFileSync(join(folder, '.dvc/config'), 'utf8')).toBe('')
  expect(ratchet('add', 'ratchet.yaml').status).toBe(0)
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('/.ratchet\n/ratchet.yaml\n')
})

it('makes a folder without Git a project when asked to', () => {
  expect(ratchet('init')).toMatchObject({ status: 2, stderr: expect.stringContaining('--no-scm') })
  expect(ratchet('init', '--no-scm').status).toBe(0)
  expect(readFileSync(join(folder, '.dvc/config'), 'utf8')).toBe('[core]\n    no_scm = True\n')
  expect(existsSync(join(folder, '.gitignore'))).toBe(false)
  expect(ratchet('status').status).toBe(0)
})

it('makes no project whose settings Git would leave out', () => {
  execFileSync('git', ['init', '-q', folder])
  writeFileSync(join(folder, '.gitignore'), '.*\n')
  expect(ratchet('init')).toMatchObject({ status: 2, stderr: expect.stringContaining('`!.dvc`') })
  expect(readdirSync(folder).toSorted()).toEqual(['.git', '.gitignore'])
  writeFileSync(join(folder, '.gitignore'), '.*\n!.dvc\n')
  expect(ratchet('init').status).toBe(0)
})
