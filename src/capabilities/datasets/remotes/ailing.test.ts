import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fail, listing, ObjectServer, sendXml } from '../../../../tests/fixtures/object-server.ts'
import { md5 } from '../../../base/hash.ts'
import {
  addDataset,
  collectGarbage,
  type DataProject,
  fetchDatasets,
  initDataProject,
  openDataProject,
  pushDatasets,
} from '../index.ts'
import { objectsInCache } from '../objects-in-cache.testing.ts'

let root: string
let server: ObjectServer
let project: DataProject

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-ailing-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  server = new ObjectServer()
  const keys = 'access_key_id = a\n    secret_access_key = b'
  appendFileSync(
    join(root, '.dvc/config'),
    `[core]\n    remote = far\n['remote "far"']\n    url = s3://bucket/x\n    endpointurl = ${await server.start()}\n    ${keys}\n`,
  )
  project = openDataProject(root)
})
afterEach(() => {
  project.close()
  server.stop()
  rmSync(root, { recursive: true, force: true })
})

const keyOf = (oid: string): string => `x/files/md5/${oid.slice(0, 2)}/${oid.slice(2)}`
const emptyCache = (): void => rmSync(project.cacheDir, { recursive: true, force: true })

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

const cached = (): readonly string[] => objectsInCache(project)

// Ten files in a folder, on the remote only.
async function pushTen(): Promise<string> {
  for (let index = 0; index < 10; index++) write(`d/${index}`, `${index}\n`)
  const { md5: oid } = await addDataset(project, 'd')
  await pushDatasets(project)
  emptyCache()
  server.asked.length = 0
  return oid
}

const one = md5('1\n')
const rejects = (code: string, told: string) =>
  expect.objectContaining({ code, exit: 69, detail: expect.stringContaining(told) as string })

test.each([
  ['other bytes', Buffer.from('other')],
  ['an object that was cut short', Buffer.from('1')],
])(
  '%s get no name in the cache; remote, object and what was expected are said',
  async (_, bytes) => {
    const folder = await pushTen()
    server.objects.set(keyOf(one), bytes)
    const fault = await fetchDatasets(project).catch((error: unknown) => error)
    expect(fault).toEqual(rejects('DATASET_REMOTE_CORRUPT', `expected MD5 ${one}`))
    expect((fault as { detail: string }).detail).toContain('s3://bucket/x')
    expect(cached()).not.toContain(one)
    expect(cached()).not.toContain(folder)
  },
)

test('a server that fails now and then is asked again', async () => {
  const folder = await pushTen()
  let count = 0
  server.trouble = (_, response) => {
    if (count++ % 3 !== 0) return false
    fail(response, 500, 'InternalError')
    return true
  }
  await fetchDatasets(project)
  expect(cached()).toContain(folder)
  expect(cached()).toHaveLength(11)
})

test('one that always fails is given up, after tries that are counted', async () => {
  await pushTen()
  server.trouble = (_, response) => {
    fail(response, 500, 'InternalError')
    return true
  }
  await expect(fetchDatasets(project)).rejects.toEqual(
    rejects('DATASET_REMOTE_UNREACHABLE', 's3://bucket/x'),
  )
  expect(server.asked.length).toBeLessThanOrEqual(15)
  expect(cached()).toEqual([])
}, 20_000)

test('silence ends after read_timeout, and the question is put again', async () => {
  await pushTen()
  appendFileSync(join(root, '.dvc/config'), '    read_timeout = 0.3\n')
  const impatient = openDataProject(root)
  let silent = 2
  server.trouble = () => silent-- > 0
  await fetchDatasets(impatient)
  impatient.close()
  expect(cached()).toHaveLength(11)
})

test('credentials that end in the middle: what came is kept, and the next run brings the rest only', async () => {
  await pushTen()
  let answers = 0
  server.trouble = ({ method, key }, response) => {
    if (method !== 'GET' || key.endsWith('.dir') || answers++ < 4) return false
    fail(response, 403, 'ExpiredToken')
    return true
  }
  await expect(fetchDatasets(project, [], { jobs: 1 })).rejects.toEqual(
    rejects('DATASET_REMOTE_REFUSED', 'ExpiredToken'),
  )
  expect(cached()).toHaveLength(4)
  server.trouble = () => false
  expect(await fetchDatasets(project)).toMatchObject({ fetched: 7, missing: [] })
})

test('a request that the store does not take is its refusal, not our fault', async () => {
  await pushTen()
  server.trouble = (_, response) => {
    fail(response, 400, 'InvalidBucketName')
    return true
  }
  await expect(fetchDatasets(project)).rejects.toEqual(rejects('DATASET_REMOTE_REFUSED', '400'))
})

test('a line that drops in the middle of a large object costs that range only', async () => {
  const content = randomBytes(40 << 20)
  write('big', content)
  const { md5: oid } = await addDataset(project, 'big')
  await pushDatasets(project)
  expect(server.objects.get(keyOf(oid))?.equals(content)).toBe(true)
  emptyCache()
  server.asked.length = 0
  let drops = 1
  server.trouble = ({ range }, response) => {
    if (!range?.startsWith(`bytes=${1 << 20}-`) || drops-- <= 0) return false
    const place = `bytes ${1 << 20}-${17 << 20}/${content.length}`
    response.writeHead(206, { 'content-length': 16 << 20, 'content-range': place })
    response.write(content.subarray(0, 1000), () => response.destroy())
    return true
  }
  let told = 0
  await fetchDatasets(project, [], { onProgress: (_done, _total, bytes) => (told = bytes) })
  expect(cached()).toEqual([oid])
  expect(told).toBe(content.length)
  expect(server.asked.filter(({ range }) => range !== undefined)).toHaveLength(1 + 3 + 1)
})

test('an object that is missing under its folder is named, and the rest comes', async () => {
  await pushTen()
  server.objects.delete(keyOf(one))
  expect((await fetchDatasets(project)).missing).toEqual([one])
  expect(cached()).toHaveLength(10)
})

test.each([
  ['comes back to its beginning', () => listing([keyOf(one)], 'again')],
  ['goes on without a name', (page: number) => listing([], `page ${page}`)],
])('a listing that %s is refused, and nothing is removed', async (_, pageOf) => {
  await pushTen()
  let page = 0
  server.trouble = ({ method, key }, response) => {
    if (method !== 'GET' || key !== '') return false
    sendXml(response, pageOf(page++))
    return true
  }
  const collecting = collectGarbage(project, {
    scope: { workspace: true },
    cloud: true,
    minAgeMs: 0,
  })
  await expect(collecting).rejects.toEqual(rejects('DATASET_REMOTE_CORRUPT', 'listing'))
  expect(server.objects.size).toBe(11)
})

test.each(['version_aware', 'worktree'])(
  'a remote that is %s is not asked for objects, nor its files taken for garbage',
  async (key) => {
    appendFileSync(join(root, '.dvc/config'), `    ${key} = true\n`)
    const other = openDataProject(root)
    const everything = { scope: { workspace: true }, cloud: true, minAgeMs: 0 } as const
    await expect(collectGarbage(other, everything)).rejects.toMatchObject({
      code: 'DATASET_REMOTE_UNSUPPORTED',
      path: `remote.far.${key}`,
    })
    other.close()
    expect(server.asked).toEqual([])
  },
)

test.each([
  ['an address that keeps no versions', 'url = ssh://host/x\n    version_aware = true', 'versions'],
  ['what contradicts itself', 'worktree = true\n    version_aware = false', 'version_aware'],
])('%s is no remote that keeps versions', async (_, lines, detail) => {
  write('a', 'a')
  await addDataset(project, 'a')
  appendFileSync(join(root, '.dvc/config'), `    ${lines}\n`)
  const other = openDataProject(root)
  const said = { detail: expect.stringContaining(detail) as string, exit: 2 }
  await expect(pushDatasets(other)).rejects.toMatchObject(said)
  other.close()
})

test('a push of versions that fails in between records those that came', async () => {
  for (const name of ['d/a', 'd/b', 'd/c', 'e/a']) write(name, name)
  for (const name of ['d', 'e']) await addDataset(project, name)
  const unsent = readFileSync(join(root, 'e.dvc'), 'utf8')
  appendFileSync(join(root, '.dvc/config'), '    version_aware = true\n    jobs = 1\n')
  const other = openDataProject(root)
  let puts = 0
  server.trouble = ({ method }, response) => {
    if (method !== 'PUT') return false
    if (++puts > 2) return fail(response, 403, 'AccessDenied') === undefined
    response.writeHead(200, { etag: `"e${puts}"`, 'x-amz-version-id': `v${puts}` }).end()
    return true
  }
  await expect(pushDatasets(other)).rejects.toMatchObject({ code: 'DATASET_REMOTE_REFUSED' })
  other.close()
  const record = readFileSync(join(root, 'd.dvc'), 'utf8')
  expect(record.match(/version_id: \S+/g)).toEqual(['version_id: v1', 'version_id: v2'])
  expect(record.match(/relpath: \S+/g)).toEqual(['relpath: a', 'relpath: b', 'relpath: c'])
  expect(readFileSync(join(root, 'e.dvc'), 'utf8')).toBe(unsent)
})

test('a push that is stopped leaves neither half an object nor parts that cost money', async () => {
  write('big', randomBytes(40 << 20))
  await addDataset(project, 'big')
  const stop = new AbortController()
  server.trouble = ({ query }) => {
    if (query.get('partNumber') === '2') stop.abort(new Error('stopped'))
    return false
  }
  await expect(pushDatasets(project, [], { signal: stop.signal })).rejects.toThrow('stopped')
  expect(server.objects.size).toBe(0)
  expect(server.uploads.size).toBe(0)
})
