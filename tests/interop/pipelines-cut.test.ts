import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { repro } from '../../src/capabilities/pipelines/index.ts'
import { dvcIn } from './dvc-forks.ts'
import { tools } from './tools.ts'

// The second stage has outputs of every kind, of an earlier run, and is cut after it has written half of them.
const FILES: Readonly<Record<string, string>> = {
  raw: '1\n',
  'params.yaml': 'n: 1\n',
  'dvc.yaml': `stages:
  first:
    cmd: cat raw > clean
    deps: [raw]
    outs: [clean]
  cut:
    cmd: sh work.sh
    deps: [clean, work.sh]
    params: [n]
    outs: [folder, late, kept: {persist: true}]
    metrics: [m.json: {cache: false}]
  last:
    cmd: cat late > end
    deps: [late]
    outs: [end]
`,
  'work.sh': `mkdir -p folder && echo $$ > folder/a && echo x >> kept && echo '{"n": 1}' > m.json
if [ -e slow ]; then touch ready; sleep 60; fi
echo 1 > folder/a; echo 2 > folder/b; echo late > late
`,
}

let dvcTool: string
let base: string
beforeAll(() => {
  dvcTool = tools.dvc()
}, 300_000)
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ratchet-cut-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const env = { ...process.env, SHELL: '/bin/sh' }
const dvc = (root: string, ...args: readonly string[]): string =>
  dvcIn(dvcTool, args, { cwd: root, env })

/** All that git sees and all that it does not, but the tools' own. */
function tree(root: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>()
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).toSorted()) {
      const path = join(folder, name)
      if (['.git', '.dvc', '.ratchet', 'ready'].includes(name)) continue
      if (statSync(join(root, path)).isDirectory()) visit(path)
      // The number of a process is all that may differ.
      else found.set(path, readFileSync(join(root, path), 'utf8').replace(/^\d{2,}\n/, 'pid\n'))
    }
  }
  visit('')
  return Object.fromEntries(found)
}

async function ready(root: string): Promise<void> {
  while (!existsSync(join(root, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function cutTheirs(root: string): Promise<void> {
  const child = spawn(dvcTool, ['repro'], { cwd: root, env, detached: true, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await ready(root)
  process.kill(-(child.pid ?? 0), 'SIGINT')
  await ended
}

async function cutOurs(root: string): Promise<void> {
  const stop = new AbortController()
  const deps = { root, stateDir: join(root, '.ratchet'), env, clock: systemClock }
  const working = repro(deps, { runId: 'run_1', targets: [], signal: stop.signal })
  await ready(root)
  stop.abort(new Error('cancelled'))
  await expect(working).rejects.toThrow('cancelled')
}

test('a stage that is cut leaves what DVC leaves, and DVC goes on from there', async () => {
  const [theirs, ours] = [join(base, 'theirs'), join(base, 'ours')]
  execFileSync('git', ['init', '-q', theirs])
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(theirs, path), text)
  dvc(theirs, 'init', '-q')
  dvc(theirs, 'repro', '-q')
  writeFileSync(join(theirs, 'params.yaml'), 'n: 2\n')
  writeFileSync(join(theirs, 'raw'), '2\n')
  writeFileSync(join(theirs, 'slow'), '')
  cpSync(theirs, ours, { recursive: true })
  await cutTheirs(theirs)
  await cutOurs(ours)
  expect(tree(ours)).toEqual(tree(theirs))
  expect(dvc(ours, 'status', '--json')).toBe(dvc(theirs, 'status', '--json'))
  for (const root of [theirs, ours]) {
    rmSync(join(root, 'slow'))
    dvc(root, 'repro', '-q')
    expect(dvc(root, 'status')).toContain('Data and pipelines are up to date')
  }
  expect(tree(ours)).toEqual(tree(theirs))
})
