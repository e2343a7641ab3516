import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestProject, testProject } from '../project.testing.ts'
import { repro } from '../runner.ts'
import { parseDelimited } from './delimited.ts'
import { plotPage } from './plot-page.ts'
import { readPlots } from './plots.ts'
import { readMetrics, readParams } from './read-reports.ts'
import { listRevisions, WORKSPACE } from './revision.ts'
import { diffValues, flattenValues, valueText } from './values.ts'

let project: TestProject

const FILES = {
  'dvc.yaml': `stages:
  a:
    cmd: cp in.json m.json; cp in.json c.json; cp in.csv p.csv
    deps: [in.json]
    params: [lr]
    metrics: [m.json: {cache: false}, c.json]
    plots: [p.csv: {cache: false, x: step, y: loss, title: "Loss <b>"}]
  t: {cmd: "echo \${u.v}", outs: []}
vars: [u.yaml]
metrics: [top.yaml]
plots:
  - both: {x: step, y: {p.csv: loss, r.tsv: [loss]}, title: Both}
`,
  'params.yaml': 'lr: 1e-5\nother: [1, x]\n',
  'u.yaml': 'u: {v: 1, w: 2}\n',
  'in.json': '{"acc": 0.91234567, "n": 3, "sub": {"f1": 0.5, "name": "x"}, "list": [1]}',
  'in.csv': 'step,loss\n1,0.5\n2,"0.25"\n',
  'r.tsv': 'step\tloss\n1\t0.7\n',
  'top.yaml': 'v: 1\n',
}

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=n', '-c', 'user.email=e@x']
  execFileSync('git', ['-C', project.root, ...who, ...args], { stdio: 'pipe' })
}

beforeEach(async () => {
  project = testProject(FILES)
  await repro(project, { runId: 'run_1', targets: [] })
  git('add', '-A')
  git('commit', '-qm', 'x')
})
afterEach(() => project.remove())

const flat = async (revision: string) => {
  const found = await readMetrics({ root: project.root, revision, targets: [] })
  return new Map(
    [...found].map(([file, read]) => [
      file,
      read.ok ? flattenValues(read.values) : new Map<string, never>(),
    ]),
  )
}

test.each(['0.5', 'n/a'])('a metrics file may be one value alone: %s', async (text) => {
  project.write('alone.yaml', text)
  const request = { root: project.root, revision: WORKSPACE, targets: ['alone.yaml'] }
  const found = (await readMetrics(request)).get('alone.yaml')
  const values = found?.ok === true ? [...flattenValues(found.values)] : []
  expect(values.map(([name, value]) => [name, valueText(value)])).toEqual([['', text]])
})

test('metrics of two revisions, also such as only the cache holds', async () => {
  project.write('m.json', '{"acc": 0.95, "n": 4, "sub": {"f1": 0.5, "name": "y"}, "extra": 1e-7}')
  rmSync(join(project.root, 'c.json'))
  const [old, now] = [await flat('HEAD'), await flat(WORKSPACE)]
  expect([...old.keys()]).toEqual(['m.json', 'c.json', 'top.yaml'])
  const changes = diffValues(old, now, false).map(({ name, old: from, new: to, diff }) => [
    name,
    valueText(from),
    valueText(to),
    diff === null ? null : Number(diff.toFixed(5)),
  ])
  // As `dvc metrics diff` (3.67.1) shows them.
  expect(changes).toEqual([
    ['acc', '0.91235', '0.95', 0.03765],
    ['extra', '-', '0.0', null],
    ['n', '3', '4', 1],
    ['sub.name', 'x', 'y', null],
  ])
  expect(await listRevisions(project.root, 'commits')).toHaveLength(1)
})

test('what is null is as good as absent, as to `dvc params diff` (3.67.1)', () => {
  const flat = (...pairs: readonly (readonly [string, number | null])[]) =>
    new Map([['params.yaml', new Map(pairs)]])
  const changes = diffValues(flat(['a', null], ['b', 1]), flat(['a', 2], ['new', null]), false)
  expect(changes.map(({ name }) => name)).toEqual(['a', 'b'])
})

test('parameters: params.yaml whole, of others what is used; or what stages depend on', async () => {
  const read = async (depsOnly: boolean) => {
    const found = await readParams({ root: project.root, revision: 'HEAD', targets: [] }, depsOnly)
    return [...found].map(([file, values]) => [file, [...values.keys()]])
  }
  expect(await read(false)).toEqual([
    ['params.yaml', ['lr', 'other']],
    ['u.yaml', ['u.v']],
  ])
  expect(await read(true)).toEqual([['params.yaml', ['lr']]])
})

test('a page with the plots of two revisions, in which nothing of the data is markup', async () => {
  project.write('p.csv', 'step,loss\n1,0.4\n2,</svg><script>\n')
  const plots = await readPlots(project.root, ['HEAD', WORKSPACE])
  expect(plots.map(({ id, series }) => [id, series.length])).toEqual([
    ['both', 4],
    ['p.csv', 2],
  ])
  expect(plots[1]?.series[0]?.points).toEqual([
    { x: '1', y: '0.5' },
    { x: '2', y: '0.25' },
  ])
  const page = plotPage(plots, 'Plots')
  expect(page).toContain('Loss &lt;b&gt;')
  expect(page).not.toContain('<script>')
  expect(page.match(/<svg/g)).toHaveLength(2)
})

test('a file that is missing or broken is told on the page', async () => {
  rmSync(join(project.root, 'r.tsv'))
  project.write('m.json', '{')
  const [both] = await readPlots(project.root, [WORKSPACE], ['both'])
  expect(both?.problems).toEqual(['workspace: r.tsv is not there'])
  const found = await readMetrics({ root: project.root, revision: WORKSPACE, targets: ['m.json'] })
  expect(found.get('m.json')).toMatchObject({ ok: false })
})

test('a folder is all its files, in the workspace and in the cache', async () => {
  project.write(
    'dvc.yaml',
    `stages:
  a:
    cmd: mkdir -p live/deep; cp in.json live/a.json; cp top.yaml live/deep/b.yaml
    metrics: [live]
  b:
    cmd: mkdir -p lines; cp in.csv lines/loss.csv; cp in.csv lines/acc.csv
    plots: [lines: {x: step}]
`,
  )
  await repro(project, { runId: 'run_2', targets: [] })
  git('add', '-A')
  git('commit', '-qm', 'live')
  const metrics = async (targets: readonly string[]) => [
    ...(await readMetrics({ root: project.root, revision: WORKSPACE, targets })).keys(),
  ]
  const plots = async (targets: readonly string[]) =>
    (await readPlots(project.root, [WORKSPACE], targets)).map(({ id, problems }) => [id, problems])
  for (const folder of ['live', 'lines']) {
    expect(await metrics([])).toEqual(['live/a.json', 'live/deep/b.yaml'])
    expect(await plots([])).toEqual([
      ['lines/acc.csv', []],
      ['lines/loss.csv', []],
    ])
    rmSync(join(project.root, folder), { recursive: true })
  }
  expect(await metrics(['live'])).toEqual(['live/a.json', 'live/deep/b.yaml'])
  expect(await plots(['lines/acc.csv'])).toEqual([['lines/acc.csv', []]])
})

test('before the first commit there is nothing at HEAD', async () => {
  git('checkout', '-q', '--orphan', 'fresh')
  expect(await readMetrics({ root: project.root, revision: 'HEAD', targets: [] })).toEqual(
    new Map(),
  )
  expect(await readPlots(project.root, ['HEAD'])).toEqual([])
})

test('a revision that is none is refused', async () => {
  await expect(flat('nope')).rejects.toThrow(
    expect.objectContaining({ code: 'DATASET_REVISION_UNKNOWN' }),
  )
})

test('delimited text with quotes, breaks and empty cells', () => {
  expect(parseDelimited('a,"b,""c\n"\r\n,\n\nx', ',')).toEqual([['a', 'b,"c\n'], ['', ''], ['x']])
})
