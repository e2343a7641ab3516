import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addDataset,
  initDataProject,
  openDataProject,
  recordVersion,
} from '../../capabilities/datasets/index.ts'
import { repro } from '../../capabilities/pipelines/index.ts'
import { openWorld, T0, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'

let world: World
let root: string
const SALES = `path=${encodeURIComponent('data/sales.csv')}`

beforeAll(async () => {
  world = await openWorld()
  root = world.folder
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  write('dvc.yaml', PIPELINE)
  await commit('first', 'id,price\n1,10\n2,20\n')
  await commit('second', 'id,price\n1,10\n2,20\n3,90\n')
  const { clock } = world
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const stateDir = join(root, '.ratchet')
  await repro({ root, stateDir, env, clock }, { runId: 'run_of_the_test', targets: [] })
})
afterAll(() => world.close())

const PIPELINE = `stages:
  count:
    cmd: wc -l < data/sales.csv > n.txt
    deps: [data/sales.csv]
    outs: [n.txt]
`

// What the second reads is not there before the first has run; what the third reads nobody brings.
const AFTER = `  double:
    cmd: cat n.txt > m.txt
    deps: [n.txt]
    outs: [m.txt]
  report:
    cmd: cat m.txt > report.txt
    deps: [m.txt]
    outs: [report.txt]
  stray:
    cmd: cat nowhere > stray.txt
    deps: [nowhere]
    outs: [stray.txt]
`

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

async function commit(message: string, sales: string): Promise<void> {
  write('data/sales.csv', sales)
  const project = openDataProject(root)
  await addDataset(project, 'data/sales.csv')
  project.close()
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=a@b']
  execFileSync('git', ['-C', root, 'add', '--all'])
  execFileSync('git', ['-C', root, ...who, 'commit', '-qm', message])
}

describe('data sets', () => {
  it('are told with their state and versions, what people brought first', async () => {
    const { items } = await world.read(contract.dataSetListSchema, '/data')
    expect(items.map(({ path, kind, state, versions }) => [path, kind, state, versions])).toEqual([
      ['data/sales.csv', 'data', 'unchanged', 2],
      ['n.txt', 'stage', 'unchanged', 0],
    ])
  })

  it('have versions of commits and of runs, and models that learned from them', async () => {
    const { database, clock, events, registry } = world
    const lost = {
      dataset: 'data/sales.csv',
      md5: 'f'.repeat(32),
      size: 7,
      nfiles: null,
      rows: null,
    }
    await database.transaction((tx) =>
      recordVersion({ clock, publish: events.publish }, tx, {
        ...lost,
        commit: null,
        causedBy: 'run_1',
      }),
    )
    const asked = () => world.read(contract.dataSetDetailSchema, `/data/set?${SALES}`)
    const [second] = (await asked()).versions
    write('price.onnx', 'weights')
    const modelPath = join(root, 'price.onnx')
    await registry.createVersion({ model: 'price', modelPath, dataMd5: second?.md5 ?? null })
    const { rows, columns, versions } = await asked()
    expect([rows, columns?.map(({ name }) => name)]).toEqual([3, ['id', 'price']])
    expect(versions.map(({ message, rows: n, is_cached }) => [message, n, is_cached])).toEqual([
      ['second', 3, true],
      ['first', 2, true],
      [null, null, false],
    ])
    expect(versions[0]?.models).toEqual([{ model: 'price', version: 1, is_champion: false }])
    expect(versions[2]?.caused_by).toBe('run_1')
    expect(versions[2]?.at).toBe(new Date(T0).toISOString())
  })

  it('are compared by the hashes of their versions', async () => {
    const { versions } = await world.read(contract.dataSetDetailSchema, `/data/set?${SALES}`)
    const pair = `${SALES}&from=${versions[1]?.md5}&to=${versions[0]?.md5}`
    const { table } = await world.read(contract.dataDiffSchema, `/data/diff?${pair}`)
    expect(table?.rows).toEqual({ from: 2, to: 3 })
    const overlay = await world.read(
      contract.dataOverlaySchema,
      `/data/overlay?${pair}&column=price`,
    )
    expect(overlay.kind).toBe('value')
    expect(overlay.bins.map(({ label, from }) => [label, from])).toEqual([
      ['10', 0.5],
      ['20', 0.5],
      ['90', 0],
    ])
  })

  it('whose rows cannot be read say why, and so does their comparison', async () => {
    const project = openDataProject(root)
    write('broken.parquet', 'no parquet')
    const { md5 } = await addDataset(project, 'broken.parquet')
    write('broken.parquet', 'no parquet either')
    project.close()
    const path = 'path=broken.parquet'
    const detail = await world.read(contract.dataSetDetailSchema, `/data/set?${path}`)
    expect(detail).toMatchObject({ rows: null, columns: null })
    expect(detail.fault).toMatch(/parquet/i)
    const diff = await world.read(contract.dataDiffSchema, `/data/diff?${path}&from=${md5}`)
    expect(diff).toMatchObject({ same: false, table: null })
    expect(diff.fault).toMatch(/parquet/i)
    for (const name of ['broken.parquet', 'broken.parquet.dvc']) rmSync(join(root, name))
  })

  it('that are unknown are said to be', async () => {
    for (const path of [
      '/data/set?path=none',
      `/data/overlay?${SALES}&from=${'0'.repeat(32)}&column=x`,
    ])
      expect((await world.request('GET', path)).statusCode).toBe(404)
    // A file that is not kept in versions is not opened, even where the hash of a version is right.
    const { versions } = await world.read(contract.dataSetDetailSchema, `/data/set?${SALES}`)
    write('secret.csv', 'x\n1\n')
    for (const path of ['secret.csv', '../secret.csv', '/etc/passwd'])
      expect(
        (await world.request('GET', `/data/diff?path=${path}&from=${versions[0]?.md5}`)).statusCode,
      ).toBe(404)
  })
})

describe('the graph of stages', () => {
  it('is empty where nothing is declared', async () => {
    const empty = await openWorld()
    const graph = await empty.read(contract.pipelineGraphSchema, '/pipelines/graph')
    expect(graph.nodes).toEqual([])
    await empty.close()
  })

  it('says how each stands, and what changed from what to what', async () => {
    const before = await world.read(contract.pipelineGraphSchema, '/pipelines/graph')
    expect(before.nodes.map(({ id, state }) => [id, state])).toEqual([
      ['count', 'current'],
      ['data/sales.csv.dvc', 'current'],
    ])
    expect(before.edges).toEqual([{ from: 'data/sales.csv.dvc', to: 'count' }])
    write('dvc.yaml', PIPELINE.replace('wc -l', 'wc -c'))
    const [stage] = (await world.read(contract.pipelineGraphSchema, '/pipelines/graph')).nodes
    expect([stage?.state, stage?.changes[0]?.kind, stage?.changes[0]?.to]).toEqual([
      'runs',
      'command',
      'wc -c < data/sales.csv > n.txt',
    ])
    write('dvc.yaml', `${PIPELINE.replace('wc -l', 'wc -c')}${AFTER}`)
    const { nodes } = await world.read(contract.pipelineGraphSchema, '/pipelines/graph')
    expect(nodes.map(({ id, state }) => [id, state])).toEqual([
      ['count', 'runs'],
      ['double', 'runs'],
      ['report', 'waits'],
      ['stray', 'blocked'],
      ['data/sales.csv.dvc', 'current'],
    ])
  })
})

it('is searched: data by path or hash, stages by name', async () => {
  const search = async (q: string) =>
    (await world.read(contract.searchResultsSchema, `/search?q=${q}`)).items.map(
      ({ title, link }) => [title, link.page],
    )
  expect(await search('SALES')).toContainEqual(['data/sales.csv', 'data'])
  expect(await search('count')).toContainEqual(['count', 'stage'])
  const { items } = await world.read(contract.dataSetListSchema, '/data')
  const md5 = items.find(({ path }) => path === 'n.txt')?.md5
  expect(await search(md5 ?? 'none')).toEqual([['n.txt', 'data']])
})

it('takes word of files that have come, as stores and other programs send it', async () => {
  const record = {
    eventVersion: '2.1',
    s3: { bucket: { name: 'sales' }, object: { key: 'weekly/a%2Fb+c%25.csv', size: 3 } },
  }
  const sent = { EventName: 's3:ObjectCreated:Put', Records: [record], addresses: ['new/d.csv'] }
  const answer = await world.request('POST', '/data/notify', sent)
  // The world of this test looks at all that it is told.
  expect(answer.json()).toEqual({ looks: ['new/d.csv', 's3://sales/weekly/a/b c%.csv'] })
  expect((await world.request('POST', '/data/notify', {})).json()).toEqual({ looks: [] })
  expect((await world.request('POST', '/data/notify', { Records: [{}] })).statusCode).toBe(400)
})
