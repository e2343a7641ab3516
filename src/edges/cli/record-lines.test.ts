import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { initDataProject, openDataProject } from '../../capabilities/datasets/index.ts'
import { recordLines } from './record-lines.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-record-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  mkdirSync(join(root, 'src'))
  for (const file of ['data one.dvc', 'src/.gitignore']) writeFileSync(join(root, file), '')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function record(from: string): Promise<readonly string[]> {
  const project = openDataProject(root)
  const written = ['data one.dvc', 'src/.gitignore', 'data one.dvc']
  try {
    return await recordLines({ cwd: join(root, from) }, project, written)
  } finally {
    project.close()
  }
}

it('names the files as one types them from where one stands', async () => {
  expect(await record('')).toEqual([`To record it: git add 'data one.dvc' src/.gitignore`])
  expect(await record('src')).toEqual([`To record it: git add '../data one.dvc' .gitignore`])
})

it('says nothing where core.autostage has Git record them', async () => {
  appendFileSync(join(root, '.dvc/config'), '[core]\n    autostage = true\n')
  expect(await record('src')).toEqual([])
  const staged = execFileSync('git', ['-C', root, 'diff', '--cached', '--name-only'])
  expect(String(staged)).toBe('data one.dvc\nsrc/.gitignore\n')
})
