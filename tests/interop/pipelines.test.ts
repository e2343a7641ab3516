import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { pipelineStatus, repro, type ReproRequest } from '../../src/capabilities/pipelines/index.ts'
import { dvcIn } from './dvc-forks.ts'
import { tools } from './tools.ts'

// One project with all kinds of stages: the real dvc runs it in one copy, we run it in another, and then each
// goes on where the other stopped.
const FILES: Readonly<Record<string, string>> = {
  'data/raw.csv': '1\n',
  'data/z.csv': 'x,y\n1,2\n',
  'params.yaml': `lr: 1e-5
épö: "ünï"
models: {us: {t: 1.0, size: 3}, gb: {t: 2}}
opts: {a: 1, name: "it's"}
`,
  'conf.py': 'class T:\n    A = 1e-7\n    B = [1, 2.0, "x"]\nSIZE = 12\n',
  'dvc.yaml': `vars: [conf.py]
stages:
  zprep:
    cmd: mkdir -p out && cp data/raw.csv out/prep && echo \${lr} >> out/prep
    deps: [data/raw.csv]
    params: [lr, épö, conf.py: [T.A, T.B, SIZE]]
    outs: [out/prep]
  m:
    foreach: \${models}
    do:
      cmd:
        - echo \${key} \${item.t} > out/m_\${key}
        - 'echo {"acc": 0.\${T.A}} > out/m_\${key}.json; true'
      deps: [out/prep]
      params: ["models.\${key}"]
      outs: ["out/m_\${key}"]
      metrics: ["out/m_\${key}.json": {cache: false}]
  grid:
    matrix: {x: [a, b], y: [1, {q: 2}]}
    cmd: mkdir -p "g/\${key}" && echo \${item.x} \${opts} and a long command that folds because it is longer than eighty columns > "g/\${key}/f"
    deps: [out/m_us, data/z.csv]
    outs: ["g/\${key}"]
  kept:
    cmd: echo x >> p.txt
    deps: [g/a-1]
    outs: [p.txt: {persist: true}]
  free:
    cmd: echo hi > free.txt
    outs: [free.txt]
  still:
    cmd: cat data/z.csv > still.txt
    deps: [data/z.csv]
    outs: [still.txt]
`,
  'sub/dvc.yaml': `stages:
  zprep:
    cmd: cat ../../out/prep > ../o.txt
    wdir: deeper
    deps: [../../out/prep]
    outs: [../o.txt]
`,
  'sub/deeper/keep': '',
}

let dvcTool: string
let base: string

beforeAll(() => {
  dvcTool = tools.dvc()
}, 300_000)

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ratchet-dvc-pipelines-'))
  const theirs = join(base, 'theirs')
  for (const [path, text] of Object.entries(FILES)) write(theirs, path, text)
  execFileSync('git', ['init', '-q', theirs])
  dvc(theirs, 'init', '-q')
  dvc(theirs, 'add', '-q', 'data/raw.csv')
  cpSync(theirs, join(base, 'ours'), { recursive: true })
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function dvc(root: string, ...args: readonly string[]): string {
  const env = { ...process.env, SHELL: '/bin/sh' }
  return dvcIn(dvcTool, args, { cwd: root, env })
}

async function ours(root: string, request: Partial<ReproRequest> = {}): Promise<readonly string[]> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const deps = { root, stateDir: join(root, '.ratchet'), env, clock: systemClock }
  const all = { runId: 'run_1', targets: [], allPipelines: true, jobs: 4, ...request }
  const { error, stages } = await repro(deps, all)
  expect(error).toBeNull()
  return stages.map(({ stage, action }) => `${stage} ${action}`)
}

const KEPT = [
  'dvc.lock',
  'sub/dvc.lock',
  '.gitignore',
  'out/.gitignore',
  'g/.gitignore',
  'data/raw.csv.dvc',
]
const records = (root: string) => KEPT.map((path) => readFileSync(join(root, path), 'utf8'))

function runCache(root: string): readonly string[] {
  const folder = join(root, '.dvc/cache/runs')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8') + entry.name)
    .toSorted()
}

test('both write the same dvc.lock, .gitignore and run cache, and each finds the other clean', async () => {
  const [a, b] = [join(base, 'theirs'), join(base, 'ours')]
  dvc(a, 'repro', '-P')
  const actions = await ours(b)
  expect(actions).toHaveLength(11)
  expect(actions.every((action) => action.endsWith(' ran'))).toBe(true)
  expect(records(b)).toEqual(records(a))
  expect(runCache(b)).toEqual(runCache(a))
  expect(dvc(b, 'status')).toContain('Data and pipelines are up to date')
  expect(dvc(b, 'repro', '-P', '--dry')).not.toContain('Running stage')
  expect((await ours(a)).every((action) => action.endsWith(' skipped'))).toBe(true)
  expect(records(a)).toEqual(records(b))
})

test('what one ran the other restores from the run cache', async () => {
  const [a, b] = [join(base, 'theirs'), join(base, 'ours')]
  dvc(a, 'repro', '-P')
  await ours(b)
  for (const root of [a, b])
    for (const path of ['dvc.lock', 'sub/dvc.lock', 'out', 'g', 'sub/o.txt', 'still.txt'])
      rmSync(join(root, path), { recursive: true, force: true })
  const output = dvc(b, 'repro', '-P')
  expect(output.match(/is cached - skipping run/g)).toHaveLength(9)
  const restored = (await ours(a)).filter((action) => action.endsWith(' restored'))
  expect(restored).toHaveLength(9)
  expect(readFileSync(join(a, 'dvc.lock'), 'utf8')).toBe(readFileSync(join(b, 'dvc.lock'), 'utf8'))
})

test('by turns on one repository: each sees what the other did and what a hand changed', async () => {
  const root = join(base, 'ours')
  await ours(root)
  write(root, 'data/raw.csv', '2\n')
  write(root, 'params.yaml', (FILES['params.yaml'] ?? '').replace('t: 2', 't: 3'))
  const changed = await pipelineStatus({ root, stateDir: join(root, '.ratchet') })
  expect(changed.filter(({ action }) => action === 'run').map(({ stage }) => stage)).toEqual([
    'zprep',
    'm@gb',
  ])
  dvc(root, 'repro', '-P')
  expect((await ours(root)).every((action) => action.endsWith(' skipped'))).toBe(true)
  write(root, 'data/raw.csv', '3\n')
  expect((await ours(root)).filter((action) => action.endsWith(' ran'))).toContain('zprep ran')
  expect(dvc(root, 'status')).toContain('Data and pipelines are up to date')
  // And back to what was before: nothing runs, everything is restored.
  write(root, 'data/raw.csv', '2\n')
  const back = await ours(root, { targets: ['zprep', 'm@gb'], allPipelines: false })
  expect(back).toEqual(['zprep restored', 'm@gb restored'])
  dvc(root, 'repro', '-P')
  expect(dvc(root, 'status')).toContain('Data and pipelines are up to date')
})

test('a frozen stage before its input exists goes by its outputs, for both', async () => {
  const root = join(base, 'ours')
  dvc(root, 'repro', 'still')
  dvc(root, 'freeze', 'still')
  rmSync(join(root, 'data/z.csv'))
  expect(dvc(root, 'repro', 'still')).toContain("Stage 'still' didn't change, skipping")
  const asked = { targets: ['still'], allPipelines: false }
  expect(await ours(root, asked)).toEqual(['still skipped'])
})

test('status and repro from a folder see what dvc sees there', async () => {
  const root = join(base, 'theirs')
  rmSync(join(root, 'dvc.yaml'))
  write(root, 'out/prep', 'x\n')
  const said = await pipelineStatus(
    { root, stateDir: join(root, '.ratchet') },
    { allPipelines: true },
  )
  expect(said.map(({ stage, action }) => [stage, action])).toEqual([['sub/dvc.yaml:zprep', 'run']])
  expect(dvc(root, 'status')).toContain('sub/dvc.yaml:zprep')
  const actions = await ours(root, { allPipelines: false, folder: 'sub' })
  expect(actions).toEqual(['sub/dvc.yaml:zprep ran'])
  expect(dvc(join(root, 'sub'), 'repro')).toContain("Stage 'zprep' didn't change, skipping")
})
