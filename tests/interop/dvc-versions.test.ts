import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { md5 } from '../../src/base/hash.ts'
import { openS3Remote } from '../../src/capabilities/datasets/remotes/s3.ts'
import { freePort } from '../free-port.ts'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'
import { keepVersions } from './remotes/keep-versions.ts'
import { type ServerProcess, startServer } from './remotes/server-process.ts'
import { remoteSettingsOf } from './remotes/settings.ts'

const ACCESS = { accessKeyId: 'interop-access', secretAccessKey: 'interop-secret' }

let dvc: string
let base: string
let s3: ServerProcess
let endpoint: string
let buckets = 0
const made: DvcRepository[] = []

beforeAll(async () => {
  dvc = tools.dvc()
  base = mkdtempSync(join(tmpdir(), 'ratchet-dvc-versions-'))
  for (const name of ['buckets', 'versions']) mkdirSync(join(base, name))
  const port = await freePort()
  endpoint = `http://127.0.0.1:${port}`
  const gateway = tools.s3Gateway()
  const store = ['posix', '--versioning-dir', join(base, 'versions'), join(base, 'buckets')]
  s3 = await startServer([gateway, '--quiet', '--port', `127.0.0.1:${port}`, ...store], port, {
    ROOT_ACCESS_KEY: ACCESS.accessKeyId,
    ROOT_SECRET_KEY: ACCESS.secretAccessKey,
  })
}, 300_000)
afterAll(async () => {
  for (const repository of made) repository.close()
  await s3.stop()
  rmSync(base, { recursive: true, force: true })
})

async function upload(bucket: string, files: Readonly<Record<string, string>>): Promise<void> {
  const { accessKeyId: access_key_id, secretAccessKey: secret_access_key } = ACCESS
  const keys = { access_key_id, secret_access_key, endpointurl: endpoint }
  const remote = await openS3Remote(remoteSettingsOf(`s3://${bucket}/some/folder`, keys))
  for (const [key, text] of Object.entries(files)) {
    const path = join(base, 'upload')
    writeFileSync(path, text)
    await remote.upload(key, { path, size: text.length, md5: md5(text) })
  }
  await remote.close()
}

async function newBucket(): Promise<string> {
  const bucket = `bucket-${buckets++}`
  mkdirSync(join(base, 'buckets', bucket))
  await keepVersions({ endpoint, ...ACCESS }, bucket)
  return bucket
}

function newRepository(bucket: string, kind: 'version_aware' | 'worktree' | null): DvcRepository {
  const repository = new DvcRepository(dvc)
  made.push(repository)
  repository.dvc('init', '-q')
  const versions = kind === null ? '' : `    ${kind} = true\n`
  const { accessKeyId, secretAccessKey } = ACCESS
  repository.write(
    '.dvc/config',
    `[core]\n    remote = far\n['remote "far"']\n    url = s3://${bucket}/some/folder\n    endpointurl = ${endpoint}\n${versions}`,
  )
  repository.write(
    '.dvc/config.local',
    `['remote "far"']\n    access_key_id = ${accessKeyId}\n    secret_access_key = ${secretAccessKey}\n`,
  )
  return repository
}

const PIPELINE = `stages:
  copy:
    cmd: cp one.csv out.csv && cp -r data copy
    deps: [data, one.csv]
    outs: [copy, out.csv]
`
const FILES = ['data.dvc', 'one.csv.dvc', 'dvc.lock', 'dvc.yaml', '.gitignore']

function fill(repository: DvcRepository): void {
  for (const name of ['a', 'sub/é 😀', '-']) repository.write(`data/${name}`, `${name}\n`)
  repository.write('one.csv', 'one\n')
  repository.run('chmod', ['+x', 'one.csv', 'data/a'])
  repository.write('dvc.yaml', PIPELINE)
  repository.dvc('add', '-q', 'data', 'one.csv')
  repository.dvc('repro', '-q')
  repository.commit('before')
}

function cloneOf(from: DvcRepository, bucket: string): DvcRepository {
  const clone = newRepository(bucket, 'version_aware')
  for (const file of FILES) cpSync(join(from.root, file), join(clone.root, file))
  return clone
}

// A store names each version anew.
const recorded = (repository: DvcRepository): readonly string[] =>
  FILES.map((file) => repository.read(file).replaceAll(/version_id: .*/g, 'version_id: V'))

const IN_SYNC = "Cache and remote 'far' are in sync.\n"

test('what one of the two pushes to a remote that keeps versions the other pulls, recorded alike', async () => {
  const [ours, theirs] = [await newBucket(), await newBucket()]
  const pushers = [
    newRepository(ours, 'version_aware'),
    newRepository(theirs, 'version_aware'),
  ] as const
  for (const repository of pushers) fill(repository)
  pushers[0].ratchet('push')
  pushers[1].dvc('push', '-q')
  expect(recorded(pushers[0])).toEqual(recorded(pushers[1]))
  expect(pushers[0].ratchet('status', '-c')).toBe(IN_SYNC)
  expect(pushers[1].ratchet('status', '-c')).toBe(IN_SYNC)
  for (const [from, bucket, puller] of [
    [pushers[0], ours, 'dvc'],
    [pushers[1], theirs, 'ratchet'],
  ] as const) {
    const clone = cloneOf(from, bucket)
    clone[puller]('pull')
    expect(clone.dvc('status')).toContain('up to date')
    expect(clone.ratchet('status')).toContain('up to date')
    expect(clone.read('data/sub/é 😀')).toBe('sub/é 😀\n')
    // Each finds nothing to do in what the other left.
    expect(clone.dvc('push')).toContain('up to date')
    expect(clone.ratchet('push')).toContain('up to date')
    expect(FILES.map((file) => clone.read(file))).toEqual(FILES.map((file) => from.read(file)))
  }
}, 120_000)

test('a change takes the versions of what it changes only, and an older commit is pulled as it was', async () => {
  const bucket = await newBucket()
  const repository = newRepository(bucket, 'version_aware')
  fill(repository)
  repository.ratchet('push')
  repository.commit('first')
  const change = (tool: 'dvc' | 'ratchet'): string => {
    repository.git('checkout', '-q', '.')
    repository.write('data/a', 'changed\n')
    repository.write('data/new', 'new\n')
    repository.write('one.csv', 'changed\n')
    repository[tool]('add', 'data', 'one.csv')
    return repository.git('diff', '--', 'data.dvc', 'one.csv.dvc')
  }
  expect(change('ratchet')).toBe(change('dvc'))
  const again = (tool: 'dvc' | 'ratchet'): string => {
    repository.git('checkout', '-q', 'dvc.lock')
    repository[tool]('repro', '-f')
    return repository.read('dvc.lock')
  }
  repository.git('checkout', '-q', '.')
  repository.ratchet('checkout', '-f')
  expect(again('ratchet')).toBe(again('dvc'))
  change('ratchet')
  repository.dvc('repro', '-q')
  repository.ratchet('push')
  repository.commit('second')
  const clone = cloneOf(repository, bucket)
  clone.dvc('pull', '-q')
  expect(clone.read('data/a')).toBe('changed\n')
  // DVC hides the newest versions when an older commit is pushed, and then takes them from the record.
  repository.git('checkout', '-q', 'HEAD~1')
  repository.remove('.dvc/cache')
  repository.ratchet('pull', '-f')
  expect(repository.read('data/a')).toBe('a\n')
  expect(repository.ratchet('push')).toContain('up to date')
  expect(repository.git('status', '--short')).toBe('')
  clone.remove('.dvc/cache')
  expect(clone.ratchet('fetch')).toContain('files fetched')
  expect(clone.dvc('status')).toContain('up to date')
}, 120_000)

test('an import takes versions, is updated to the newest or to one, and pulled from its source, as by dvc', async () => {
  const bucket = await newBucket()
  const put = (files: Readonly<Record<string, string>>) => upload(bucket, files)
  const both = [newRepository(bucket, null), newRepository(bucket, null)] as const
  const [ours, theirs] = both
  const run = (...words: readonly string[]): void => {
    ours.ratchet(...words)
    theirs.dvc(...words)
    const written = ['raw.csv.dvc', 'dir.dvc', 'later.dvc'].filter((file) =>
      existsSync(join(theirs.root, file)),
    )
    expect(written.map((file) => ours.read(file))).toEqual(written.map((file) => theirs.read(file)))
  }
  await put({ 'raw.csv': 'one\n', 'dir/a': 'a\n', 'dir/s/é': 'b\n', 'dir/z': 'z\n' })
  run('import-url', '--version-aware', 'remote://far/raw.csv')
  run('import-url', '--version-aware', 'remote://far/dir')
  run('import-url', '--version-aware', '--no-download', 'remote://far/dir', 'later')
  const [, first = ''] = /version_id: (.*)/.exec(ours.read('raw.csv.dvc')) ?? []
  await put({ 'raw.csv': 'two\n', 'dir/a': 'changed\n', 'dir/new': 'new\n' })
  run('update', 'raw.csv.dvc', 'dir.dvc')
  run('update', '--no-download', 'later.dvc')
  run('update', '--rev', first, 'raw.csv.dvc')
  expect([ours.read('raw.csv'), ours.read('dir/a')]).toEqual(['one\n', 'changed\n'])
  for (const path of ['.dvc/cache', 'dir', 'raw.csv']) ours.remove(path)
  ours.ratchet('pull', 'dir.dvc', 'raw.csv.dvc')
  expect([ours.read('raw.csv'), ours.read('dir/s/é')]).toEqual(['one\n', 'b\n'])
  expect(() => ours.ratchet('import-url', `remote://far/raw.csv?versionId=${first}`)).toThrow(
    'update --rev',
  )
}, 120_000)

test('data that was pushed to a worktree follows what is put there', async () => {
  const bucket = await newBucket()
  const repository = newRepository(bucket, 'worktree')
  fill(repository)
  repository.ratchet('push')
  repository.commit('pushed')
  await upload(bucket, { 'data/a': 'changed\n', 'data/new': 'new\n', 'one.csv': 'two\n' })
  repository.ratchet('update')
  const ours = FILES.map((file) => repository.read(file))
  expect([repository.read('data/a'), repository.read('data/new')]).toEqual(['changed\n', 'new\n'])
  expect(repository.dvc('status', 'data.dvc', 'one.csv.dvc')).toContain('up to date')
  expect(repository.dvc('push', 'data.dvc', 'one.csv.dvc')).toContain('up to date')
  // All but the remote of what changed in a folder, which DVC leaves out and then cannot update again.
  const record = repository.read('one.csv.dvc')
  repository.git('checkout', '-q', '.')
  repository.dvc('update', '-q', 'one.csv.dvc', 'data.dvc')
  expect(repository.read('one.csv.dvc')).toBe(record)
  repository.ratchet('add', 'data')
  expect(repository.ratchet('update', 'data.dvc')).toContain('as before')
  expect(FILES.filter((_, index) => repository.read(FILES[index] ?? '') !== ours[index])).toEqual([
    'data.dvc',
  ])
}, 120_000)

test('what is not sent is not recorded, and what cannot be done is refused before it is begun', async () => {
  const bucket = await newBucket()
  const repository = newRepository(bucket, 'version_aware')
  fill(repository)
  const before = repository.read('data.dvc')
  repository.remove('.dvc/cache/files/md5/60')
  expect(() => repository.ratchet('push')).toThrow('data/a')
  expect(repository.read('data.dvc')).toContain('relpath: a')
  repository.write('data.dvc', before)
  expect(() => repository.ratchet('push', '-A')).toThrow('other commits')
  expect(() => repository.ratchet('gc', '-w', '-c', '-f')).toThrow('version_aware')
  mkdirSync(join(base, 'buckets/plain'))
  repository.ratchet('remote', 'modify', 'far', 'url', 's3://plain')
  expect(() => repository.ratchet('push')).toThrow('keeps none')
  expect(repository.read('data.dvc')).toBe(before)
}, 120_000)
