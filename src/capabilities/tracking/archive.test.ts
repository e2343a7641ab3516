import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { pack as createPack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../base/hash.ts'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import { STARTED_IN } from './snapshots/snapshot.testing.ts'
import { copyRun, createArtifacts, createTracking, importArchive, writeArchive } from './index.ts'

const clock = manualClock(1_000)
const { signal } = new AbortController()

async function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-archive-'))
  const database = await testDatabase()
  const tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
  const artifacts = createArtifacts(join(folder, 'artifacts'))
  const close = async (): Promise<void> => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, database, tracking, artifacts, signal, close }
}
type Place = Awaited<ReturnType<typeof openPlace>>

let here: Place
let there: Place
beforeEach(async () => {
  here = await openPlace()
  there = await openPlace()
})
afterEach(async () => {
  await here.close()
  await there.close()
})

async function fullRun({ tracking, artifacts, database }: Place) {
  const experimentId = await tracking.createExperiment({
    name: 'team/price',
    tags: [{ key: 'owner', value: 'ana' }],
  })
  const { id } = await tracking.createRun({ experimentId, name: 'best', userId: 'ana' })
  await tracking.logBatch(id, {
    params: [{ key: 'alpha', value: 'ä\n1' }],
    tags: [{ key: 'note', value: 'x' }],
    metrics: [0.5, Number.NaN, -1e300].map((value, step) => ({
      key: 'a/loss',
      value,
      at: 9,
      step,
    })),
  })
  const dataset = {
    name: 'd',
    digest: '1',
    sourceType: 's',
    source: 's',
    schema: null,
    profile: '{}',
  }
  await tracking.logInputs(id, { datasets: [{ dataset, tags: [] }], models: [] })
  const model = await tracking.createLoggedModel({ experimentId, name: 'm', sourceRunId: id })
  await tracking.finishLoggedModel(model.id, 'READY')
  await tracking.logOutputs(id, [{ modelId: model.id, step: 2 }])
  await tracking.logBatch(id, {
    metrics: [{ key: 'mae', value: 1, at: 9, step: 0, modelId: model.id }],
  })
  await database.transaction((tx) => tracking.adoptSnapshotIn(tx, id, STARTED_IN))
  await artifacts.write(`${experimentId}/${id}/artifacts/notes/a b.txt`, Buffer.from('hello'))
  await artifacts.write(`${experimentId}/${id}/artifacts/empty`, Buffer.alloc(0))
  await artifacts.write(`${experimentId}/models/${model.id}/artifacts/m.onnx`, Buffer.from('onnx'))
  await tracking.updateRun(id, { status: 'FINISHED', endTime: 77 })
  return { experimentId, id, modelId: model.id }
}

async function exported(name: string) {
  const made = await fullRun(here)
  const file = join(here.folder, name)
  const { experimentId, id } = made
  await writeArchive(here, { experimentId, runIds: [id], file, madeAt: 'now', signal })
  return { ...made, file }
}

const take = (file: string, more: { to?: string; free?: number } = {}) =>
  importArchive(there, { file, to: more.to ?? null, free: more.free ?? 1e12 })
const withoutPlace = <T extends { artifactUri: string; experimentId: string }>(thing: T) => {
  const { artifactUri: _, experimentId: __, ...rest } = thing
  return rest
}

describe.each(['run.tar', 'run.tar.gz'])('an archive %s', (name) => {
  it('carries a run whole: values, history, files, logged models', async () => {
    const { file, id, modelId } = await exported(name)
    await there.tracking.createExperiment({ name: 'other' })
    const report = await take(file)
    expect(report).toMatchObject({
      runs: 1,
      runsNew: 1,
      loggedModels: 1,
      points: 4,
      files: 3,
      kept: 0,
    })
    const [before, after] = [await here.tracking.getRun(id), await there.tracking.getRun(id)]
    expect(withoutPlace(after)).toEqual(withoutPlace(before))
    expect(await there.tracking.getExperiment(after.experimentId)).toMatchObject({
      name: 'team/price',
      tags: { owner: 'ana' },
    })
    expect(await there.tracking.getRunSnapshot(id)).toEqual(STARTED_IN)
    const search = { key: 'a/loss' }
    expect(await there.tracking.getMetricHistory(id, search)).toEqual(
      await here.tracking.getMetricHistory(id, search),
    )
    const model = await there.tracking.getLoggedModel(modelId)
    expect(withoutPlace(model)).toEqual(withoutPlace(await here.tracking.getLoggedModel(modelId)))
    const text = (path: string): string =>
      readFileSync(join(there.folder, 'artifacts', path), 'utf8')
    expect(text(`${after.experimentId}/${id}/artifacts/notes/a b.txt`)).toBe('hello')
    expect(text(`${after.experimentId}/models/${modelId}/artifacts/m.onnx`)).toBe('onnx')
  })

  it('may be taken twice, and into another experiment', async () => {
    const { file, id } = await exported(name)
    await take(file, { to: 'elsewhere' })
    const again = await take(file)
    expect(again).toMatchObject({ runs: 1, runsNew: 0, points: 0, files: 0, kept: 3 })
    const experiment = await there.tracking.findExperiment('elsewhere')
    expect((await there.tracking.getRun(id)).experimentId).toBe(experiment?.id)
  })
})

it('leaves nothing behind when writing it fails', async () => {
  const { experimentId, id } = await fullRun(here)
  const file = join(here.folder, 'x.tar')
  const request = { experimentId, runIds: [id, 'unknown'], file, madeAt: '', signal }
  await expect(writeArchive(here, request)).rejects.toMatchObject({ code: 'TRACKING_UNKNOWN' })
  expect(readdirSync(here.folder).filter((one) => one.startsWith('x.tar'))).toEqual([])
})

interface Item {
  readonly name: string
  readonly content?: string
  readonly type?: 'symlink' | 'link' | 'directory' | 'fifo'
  readonly linkname?: string
}

/** A tar of anybody's making. */
async function tarOf(items: readonly Item[]): Promise<string> {
  const file = join(there.folder, 'hostile.tar')
  const pack = createPack()
  for (const { content = '', ...header } of items) pack.entry(header, content)
  pack.finalize()
  const target = createWriteStream(file)
  pack.pipe(target)
  await once(target, 'finish')
  return file
}

const RUN = 'a'.repeat(32)
const manifestOf = (files: Readonly<Record<string, string>>, more: object = {}): Item => ({
  name: 'manifest.json',
  content: JSON.stringify({
    format: 'ratchet-runs',
    version: 1,
    made_at: '',
    runs: [RUN],
    logged_models: [],
    files: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path,
        { sha256: sha256(text), bytes: text.length },
      ]),
    ),
    ...more,
  }),
})

describe('a hostile archive is refused before anything is written:', () => {
  const inside = `runs/${RUN}/artifacts/a`
  const link = { type: 'symlink' as const, linkname: '/etc/passwd' }
  it.each<readonly [string, readonly Item[]]>([
    ['a path that climbs', [manifestOf({ [`runs/${RUN}/artifacts/../../../x`]: 'x' })]],
    ['an absolute path', [manifestOf({ '/etc/passwd': 'x' })]],
    ['an encoded path', [manifestOf({ [`runs/${RUN}/artifacts/%2e%2e/x`]: 'x' })]],
    ['a backslash', [manifestOf({ [`runs/${RUN}/artifacts/..\\x`]: 'x' })]],
    ['a folder of nobody', [manifestOf({ [`sha256/${RUN}/artifacts/x`]: 'x' })]],
    ['a file that the manifest does not name', [manifestOf({}), { name: inside, content: 'x' }]],
    ['a symbolic link', [manifestOf({ [inside]: '' }), { name: inside, ...link }]],
    ['a hard link', [manifestOf({ [inside]: '' }), { name: inside, ...link, type: 'link' }]],
    ['a folder', [manifestOf({}), { name: inside, type: 'directory' }]],
    ['a pipe', [manifestOf({}), { name: inside, type: 'fifo' }]],
    ['a file with another hash', [manifestOf({ [inside]: 'x' }), { name: inside, content: 'y' }]],
    ['a file with another size', [manifestOf({ [inside]: 'x' }), { name: inside, content: 'xx' }]],
    [
      'a file twice',
      [
        manifestOf({ [inside]: 'x' }),
        { name: inside, content: 'x' },
        { name: inside, content: 'x' },
      ],
    ],
    ['a file that is missing', [manifestOf({ [inside]: 'x' })]],
    ['no manifest', [{ name: inside, content: 'x' }]],
    ['another format', [manifestOf({}, { format: 'zip' })]],
    ['a manifest that is no JSON', [{ name: 'manifest.json', content: '{' }]],
    ['nothing', []],
  ])('%s', async (_, items) => {
    await expect(take(await tarOf(items))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
    expect(existsSync(join(there.folder, 'artifacts'))).toBe(false)
  })

  it('what is no archive, and one that is cut', async () => {
    const { file } = await exported('run.tar.gz')
    const whole = readFileSync(file)
    const other = join(there.folder, 'x.tar.gz')
    const refused = { code: 'ARCHIVE_INVALID' }
    for (const bytes of [Buffer.from('no archive'), whole.subarray(0, whole.length / 2)]) {
      writeFileSync(other, bytes)
      await expect(take(other)).rejects.toMatchObject(refused)
    }
    await expect(take(join(there.folder, 'nowhere'))).rejects.toMatchObject(refused)
    const damaged = gunzipSync(whole)
    damaged.write('HELLO', damaged.indexOf('hello'))
    writeFileSync(other, gzipSync(damaged))
    await expect(take(other)).rejects.toMatchObject(refused)
    expect(await there.tracking.findExperiment('team/price')).toBeNull()
  })

  it('a bomb: more than it announces, or more than there is room for', async () => {
    const tar = readFileSync(await tarOf([manifestOf({})]))
    const bomb = join(there.folder, 'bomb.tar.gz')
    // A header of an extended name that goes on for 600 MiB of zeros.
    const header = Buffer.alloc(512)
    header.write('././@LongLink')
    header.write('0000644\0', 100)
    header.write('0000000\0', 108)
    header.write('0000000\0', 116)
    header.write('04540000000\0', 124)
    header.write('00000000000\0', 136)
    header.write('        L', 148)
    header.write('ustar\0' + '00', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const zeros = gzipSync(Buffer.alloc(50 * 2 ** 20))
    const start = gzipSync(Buffer.concat([tar.subarray(0, -1024), header]))
    writeFileSync(bomb, Buffer.concat([start, ...Array.from({ length: 12 }, () => zeros)]))
    await expect(take(bomb)).rejects.toMatchObject({
      detail: 'it unpacks to more than it announces',
    })

    const { file } = await exported('run.tar')
    await expect(take(file, { free: 10 })).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  })
})

describe('a run', () => {
  it('moves to another experiment with its data sets and models; its files stay readable', async () => {
    const { id, modelId } = await fullRun(here)
    const before = await here.tracking.getRun(id)
    const to = await here.tracking.createExperiment({ name: 'archive' })
    await here.tracking.moveRun(id, to)
    expect(await here.tracking.getRun(id)).toEqual({ ...before, experimentId: to })
    expect((await here.tracking.getLoggedModel(modelId)).experimentId).toBe(to)
    const search = { experimentIds: [to], filter: 'metrics.`a/loss` < 0', maxResults: 9 }
    const { items } = await here.tracking.searchRuns({ ...search, view: 'active', orderBy: [] })
    expect(items.map((run) => run.id)).toEqual([id])
    await here.tracking.deleteExperiment(to)
    await expect(here.tracking.moveRun(id, '0')).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
  })

  it('is copied with all it has, under an id of its own', async () => {
    const { id } = await fullRun(here)
    const copy = await copyRun(here, id, '0')
    const [before, after] = [await here.tracking.getRun(id), await here.tracking.getRun(copy.id)]
    const { tags, ...rest } = withoutPlace(after)
    const { tags: was, ...old } = withoutPlace(before)
    expect({ ...rest, id }).toEqual(old)
    expect(tags).toEqual({ ...was, 'ratchet.copy_of': id })
    expect(await here.tracking.getRunSnapshot(copy.id)).toEqual(STARTED_IN)
    const place = join(here.folder, 'artifacts/0', copy.id, 'artifacts')
    expect(readFileSync(join(place, 'notes/a b.txt'), 'utf8')).toBe('hello')
  })
})
