import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { md5 } from '../../base/hash.ts'
import { addDataset, datasetStatus, initDataProject, openDataProject } from './index.ts'

const FILES = 150

// The child says when it starts; each later point is one of its own writes further.
const SCRIPT = `
  import { openDataProject, addDataset } from ${JSON.stringify(new URL('index.ts', import.meta.url).pathname)}
  const project = openDataProject(process.argv[1])
  process.stdout.write('started')
  await addDataset(project, 'data')
  project.close()`

// Milliseconds after the start of an add that takes about 200.
test.each([0, 5, 20, 40, 80, 120, 160])('kill -9 of add after %i ms', async (afterMs) => {
  const root = mkdtempSync(join(tmpdir(), 'ratchet-kill-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  mkdirSync(join(root, 'data'))
  for (let index = 0; index < FILES; index++)
    writeFileSync(join(root, `data/${index}.csv`), `${index}\n`)
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, root])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  expectSoundCache(join(root, '.dvc/cache/files/md5'))
  expect(readdirSync(join(root, 'data'))).toHaveLength(FILES)
  const project = openDataProject(root)
  await addDataset(project, 'data')
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
  project.close()
  rmSync(root, { recursive: true, force: true })
})

// What has its name is whole, read-only and what the name says; a listing has all its files.
function expectSoundCache(cache: string): void {
  if (!existsSync(cache)) return
  const oids = readdirSync(cache).flatMap((two) =>
    readdirSync(join(cache, two)).map((rest) => two + rest),
  )
  for (const oid of oids) {
    const path = join(cache, oid.slice(0, 2), oid.slice(2))
    expect(md5(readFileSync(path))).toBe(oid.replace('.dir', ''))
    expect(statSync(path).mode & 0o777).toBe(0o444)
  }
  const complete = oids.some((oid) => oid.endsWith('.dir'))
  expect(complete ? oids.length : FILES + 1).toBe(FILES + 1)
}
