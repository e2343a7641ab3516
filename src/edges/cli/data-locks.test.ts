import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  initDataProject,
  openDataProject,
  withRepoLock,
} from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { importFromRepository, registerDataImportCommands } from './data-imports.ts'
import { registerDataMoveCommands } from './data-moves.ts'
import { registerDataUpkeepCommands } from './data-upkeep.ts'

let root: string

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-cli-locks-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  writeFileSync(join(root, 'a.csv'), '1\n')
  writeFileSync(join(root, 'b.csv'), '1\n')
  const project = openDataProject(root)
  await addDataset(project, 'a.csv')
  project.close()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

// A user who reads what is waited for, and then stops it.
function impatient(): { readonly context: CliContext; readonly notes: readonly string[] } {
  const notes: string[] = []
  const stop = new AbortController()
  const note = (line: string): void => {
    notes.push(line)
    stop.abort(new Error('interrupted'))
  }
  const places = { cwd: root, dataRoot: () => root, stateDir: () => join(root, '.ratchet') }
  const context = { ...places, note, answer: () => {}, signal: stop.signal, interactive: false }
  return { context: context as unknown as CliContext, notes }
}

const VERBS: readonly (readonly string[])[] = [
  ['remove', '--outs', 'a.csv.dvc'],
  ['move', 'a.csv', 'c.csv'],
  ['unprotect', 'a.csv'],
  ['import-url', '--force', 'b.csv', 'a.csv'],
  ['update'],
  ['destroy', '--force'],
  ['import', '.', 'b.csv', 'a.csv'],
]

async function run(context: CliContext, args: readonly string[]): Promise<void> {
  const [verb, url = '', path = '', out = ''] = args
  if (verb === 'import') return importFromRepository(context, { url, path }, { out, force: true })
  const program = new Command().exitOverride()
  registerDataMoveCommands(program, context)
  registerDataImportCommands(program, context)
  registerDataUpkeepCommands(program, context)
  await program.parseAsync([...args], { from: 'user' })
}

test.each(VERBS)('%s waits while another command works on the data', async (...args) => {
  const { context, notes } = impatient()
  await withRepoLock({ root }, {}, async () => {
    await expect(run(context, args)).rejects.toThrow('interrupted')
  })
  expect(notes).toEqual([`Waiting for process ${process.pid}, which works on this data.`])
  expect(readFileSync(join(root, 'a.csv'), 'utf8')).toBe('1\n')
  expect(existsSync(join(root, 'a.csv.dvc'))).toBe(true)
})
