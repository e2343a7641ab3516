import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { initDataProject } from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { runProgram } from './program.ts'

// In the words of dvc 3.67.1; the order of nodes and lines apart, which there is that of the disk.

const FILES = {
  'dvc.yaml': `stages:
  train:
    cmd: cp one.csv model
    deps: [one.csv]
    params: [lr, layers]
    outs: [model]
  each:
    foreach: [u, v]
    do: { cmd: 'touch e-\${item}', outs: ['e-\${item}'], deps: [model] }
metrics: [m.json]
`,
  'sub/dvc.yaml': 'stages:\n  inner: { cmd: touch t, outs: [t] }\n',
  'params.yaml': 'lr: 0.1\nlayers: [8, true, x]\n',
  'm.json': '{"acc": 0.5}\n',
  'one.csv.dvc':
    'outs:\n- md5: 5bbf5a52328e7439ae6e719dfe712200\n  size: 4\n  hash: md5\n  path: one.csv\n',
  'sub/s.csv.dvc':
    'desc: what it is\nouts:\n- md5: 5bbf5a52328e7439ae6e719dfe712200\n  size: 4\n  hash: md5\n  path: s.csv\n',
}

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-cli-'))
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])
  git('init', '-q', '-b', 'main')
  initDataProject(root)
  for (const [path, text] of Object.entries(FILES)) write(path, text)
  git('add', '-A')
  git('commit', '-qm', 'one')
  git('tag', 'v1')
  git('branch', 'same')
  write('m.json', '{"acc": 0.75}\n')
  write('params.yaml', 'lr: 0.2\nlayers: [8]\n')
  git('commit', '-qam', 'two')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

interface Answer {
  readonly json: Json
  readonly lines: readonly string[]
}

async function ask(folder: string, ...words: readonly string[]): Promise<Answer> {
  let said: Answer = { json: null, lines: [] }
  const context = {
    answer: (json: Json, lines: readonly string[]) => {
      said = { json, lines }
    },
    note: () => {},
    setExitCode: () => {},
    cwd: join(root, folder),
    dataRoot: () => root,
    stateDir: () => join(root, '.ratchet'),
  }
  await runProgram(words, context as unknown as CliContext, {})
  return said
}

test('stages and data are called as another command takes them there', async () => {
  expect((await ask('sub', 'stage', 'list', '--all', '--name-only')).lines).toEqual([
    '../dvc.yaml:train',
    '../dvc.yaml:each@u',
    '../dvc.yaml:each@v',
    'inner',
    '../one.csv.dvc',
    's.csv.dvc',
  ])
  expect((await ask('', 'stage', 'list', '--all')).lines.slice(-2)).toEqual([
    'one.csv.dvc         Outputs one.csv',
    'sub/s.csv.dvc       what it is',
  ])
  expect((await ask('sub', 'dag', '--dot', '../dvc.yaml:train')).lines).toEqual([
    'strict digraph {',
    '"../dvc.yaml:train";',
    '"../one.csv.dvc";',
    '"../one.csv.dvc" -> "../dvc.yaml:train";',
    '}',
  ])
  expect((await ask('', 'dag', '--dot', '--outs', 'train')).lines).toContain(
    '"one.csv" -> "model";',
  )
})

test('what a foreach made is one node when that is asked', async () => {
  expect((await ask('', 'dag', '--dot', '--collapse-foreach-matrix')).lines).toEqual([
    'strict digraph {',
    ...['train', 'each', 'sub/dvc.yaml:inner', 'one.csv.dvc', 'sub/s.csv.dvc'].map(
      (node) => `"${node}";`,
    ),
    '"one.csv.dvc" -> "train";',
    '"train" -> "each";',
    '}',
  ])
})

test('files of parameters and metrics too', async () => {
  expect((await ask('sub', 'params', 'diff', 'v1')).json).toEqual({
    '../params.yaml': {
      lr: { old: 0.1, new: 0.2, diff: 0.1 },
      layers: { old: "[8, True, 'x']", new: '[8]' },
    },
  })
  expect((await ask('sub', 'metrics', 'show', '../m.json')).lines).toEqual([
    'Path       acc',
    '../m.json  0.75',
  ])
  expect((await ask('sub', 'metrics', 'diff', 'v1')).json).toEqual({
    '../m.json': { acc: { old: 0.5, new: 0.75, diff: 0.25 } },
  })
})

test('revisions of one commit are one, and the workspace is told where it differs', async () => {
  const revisions = async () =>
    Object.keys((await ask('', 'metrics', 'show', '-a', '-T')).json ?? {})
  expect(await revisions()).toEqual(['main', 'same,v1'])
  write('m.json', '{"acc": 0.8}\n')
  try {
    expect(await revisions()).toEqual(['workspace', 'main', 'same,v1'])
  } finally {
    write('m.json', '{"acc": 0.75}\n')
  }
})

test('a file that was asked for and is not there is said to be missing', async () => {
  expect((await ask('', 'metrics', 'show', 'none.json')).json).toEqual({
    '': { data: { 'none.json': { error: { msg: 'there is no such file' } } } },
  })
})

test('paths that .dvcignore keeps are told beside those that it leaves out', async () => {
  writeFileSync(join(root, '.dvcignore'), '*.tmp\n')
  const paths = ['x.tmp', 's.csv', '../../outside.tmp']
  const { lines } = await ask('sub', 'check-ignore', '-d', '-n', ...paths)
  expect(lines).toEqual(['.dvcignore:1:*.tmp\tx.tmp', '::\ts.csv', '::\t../../outside.tmp'])
})

// dvc 3.67.1 tells the same.
test('a pattern that keeps a path is told with --details, unless a folder above is left out', async () => {
  writeFileSync(join(root, '.dvcignore'), 'f*\n!foo\nout/\n!out/foo\n')
  const told = async (...words: readonly string[]) =>
    (await ask('', 'check-ignore', ...words)).lines
  const paths = ['file', 'foo', 'out/foo', 'foo/bar', '.git/x']
  expect(await told('-d', '-a', ...paths)).toEqual([
    '.dvcignore:1:f*\tfile',
    '.dvcignore:2:!foo\tfoo',
    '.dvcignore:3:out/\tout/foo',
    '.dvcignore:2:!foo\tfoo/bar',
    ':.git\t.git/x',
  ])
  expect(await told(...paths)).toEqual(['file', 'out/foo', '.git/x'])
})

test('a project without stages has no metrics, parameters or graph, which is no fault', async () => {
  const data = mkdtempSync(join(tmpdir(), 'ratchet-cli-'))
  const whole = root
  root = data
  try {
    execFileSync('git', ['init', '-q', data])
    initDataProject(data)
    write('one.csv.dvc', FILES['one.csv.dvc'])
    expect(await ask('', 'metrics', 'show')).toEqual({ json: { '': { data: {} } }, lines: [] })
    expect((await ask('', 'dag')).lines).toEqual(['one.csv.dvc'])
  } finally {
    root = whole
    rmSync(data, { recursive: true, force: true })
  }
})
