import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
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
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fail, ObjectServer } from '../../../../tests/fixtures/object-server.ts'
import { md5 } from '../../../base/hash.ts'
import {
  addFromElsewhere,
  type DataProject,
  fetchDatasets,
  importAddress,
  initDataProject,
  openDataProject,
} from '../index.ts'

let base: string
let project: DataProject
let server: ObjectServer

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'ratchet-to-remote-'))
  const root = join(base, 'project')
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  server = new ObjectServer()
  const keys = 'access_key_id = a\n    secret_access_key = b'
  const far = `url = s3://bucket/x\n    endpointurl = ${await server.start()}\n    ${keys}`
  appendFileSync(
    join(root, '.dvc/config'),
    `[core]\n    remote = far\n['remote "far"']\n    ${far}\n['remote "near"']\n    url = ../../source\n`,
  )
  for (let index = 0; index < 20; index++) write(`source/d/${index}`, `${index}\n`)
  project = openDataProject(root)
})
afterEach(() => {
  project.close()
  server.stop()
  rmSync(base, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true })
  writeFileSync(join(base, path), text)
}

const add = (url: string, toRemote = {}) =>
  addFromElsewhere(project, { url, cwd: project.root, here: '', out: 'd', toRemote })

/** Names in the cache and among what is unfinished: nothing may stay. */
const kept = (): readonly string[] =>
  [project.cacheDir, join(project.root, '.dvc/tmp')]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .filter((name) => !['lock', 'rwlock', 'btime'].includes(name))

test('a folder of another store goes to the remote; none of it stays here, and a pull brings it', async () => {
  const added = await add('remote://near/d')
  expect(added).toMatchObject({ path: 'd', nfiles: 20, written: ['d.dvc'] })
  expect(server.objects.size).toBe(21)
  expect(kept()).toEqual([])
  expect(existsSync(join(project.root, 'd'))).toBe(false)
  expect(await fetchDatasets(project)).toMatchObject({ fetched: 21, missing: [] })
})

test('the listing comes after all files, and what is there already is not sent again', async () => {
  server.objects.set(
    `x/files/md5/${md5('3\n').slice(0, 2)}/${md5('3\n').slice(2)}`,
    Buffer.from('3\n'),
  )
  await add('../source/d')
  const sent = server.asked.filter(({ method }) => method === 'PUT').map(({ key }) => key)
  expect(sent).toHaveLength(20)
  expect(sent.at(-1)).toMatch(/\.dir$/)
})

test('no more files lie here than are under way', async () => {
  const seen: number[] = []
  server.trouble = ({ method }) => {
    if (method !== 'PUT') return false
    const [folder = ''] = readdirSync(join(project.root, '.dvc/tmp')).filter((name) =>
      name.includes('~'),
    )
    seen.push(readdirSync(join(project.root, '.dvc/tmp', folder)).length)
    return false
  }
  await add('remote://near/d', { jobs: 2 })
  expect(Math.max(...seen)).toBeLessThanOrEqual(2)
})

test('a refusal leaves no record and nothing unfinished', async () => {
  server.trouble = ({ method, key }, response) => {
    if (method !== 'PUT' || !key.endsWith(md5('7\n').slice(2))) return false
    fail(response, 403, 'AccessDenied')
    return true
  }
  await expect(add('remote://near/d')).rejects.toMatchObject({ code: 'DATASET_REMOTE_REFUSED' })
  expect(kept()).toEqual([])
  expect(existsSync(join(project.root, 'd.dvc'))).toBe(false)
  expect([...server.objects.keys()].some((key) => key.endsWith('.dir'))).toBe(false)
})

test('a source that changes on the way is refused, and nothing is recorded', async () => {
  const file = join(base, 'source/one')
  write('source/one', 'before\n')
  server.trouble = ({ method }) => {
    if (method === 'HEAD') writeFileSync(file, 'behind\n')
    return false
  }
  const request = { url: '../source/one', cwd: project.root, here: '', toRemote: {} }
  await expect(importAddress(project, request)).rejects.toMatchObject({
    code: 'DATASET_OBJECT_CORRUPT',
  })
  expect(statSync(file).size).toBe(7)
  expect(existsSync(join(project.root, 'one.dvc'))).toBe(false)
  expect(readFileSync(join(project.root, '.dvc/config'), 'utf8')).toContain('far')
})
