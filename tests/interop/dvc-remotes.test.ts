import { createServer, type Server } from 'node:http'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../src/base/hash.ts'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'
import { type S3Gateway, startS3Gateway } from './remotes/s3-gateway.ts'
import { type SshServer, startSshServer } from './remotes/ssh-server.ts'

let dvc: string
let base: string
let s3: S3Gateway
let ssh: SshServer
let web: Server
let buckets = 0
let repositories: DvcRepository[] = []

beforeAll(async () => {
  dvc = tools.dvc()
  base = mkdtempSync(join(tmpdir(), 'ratchet-dvc-remotes-'))
  s3 = await startS3Gateway()
  ssh = await startSshServer()
  web = createServer((request, response) => {
    const file = join(base, 'web', decodeURIComponent(request.url ?? ''))
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
      return void response.writeHead(404).end()
    const bytes = readFileSync(file)
    response.writeHead(200, { 'content-length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
}, 300_000)
afterAll(async () => {
  web.close()
  await ssh.stop()
  await s3.stop()
  rmSync(base, { recursive: true, force: true })
})
beforeEach(() => {
  repositories = []
})
afterEach(() => {
  for (const repository of repositories) repository.close()
})

type Settle = (repository: DvcRepository) => void

/** Two repositories of the same remote, described by `ratchet remote`, and read by `dvc` from the same file. */
const KINDS: readonly (readonly [string, () => Settle])[] = [
  [
    'S3',
    () => {
      const bucket = `bucket-${buckets++}`
      s3.makeBucket(bucket)
      return (repository) => {
        repository.ratchet('remote', 'add', '-d', 'far', `s3://${bucket}/some/folder`)
        const { endpointurl, ...secrets } = s3.keys
        repository.ratchet('remote', 'modify', 'far', 'endpointurl', endpointurl)
        for (const [key, value] of Object.entries(secrets))
          repository.ratchet('remote', 'modify', '--local', 'far', key, value)
      }
    },
  ],
  [
    'SSH',
    () => {
      const address = ssh.addressOf(`folder ${buckets++}`)
      return (repository) => {
        repository.ratchet('remote', 'add', '-d', 'far', address)
        repository.ratchet('remote', 'modify', '--local', 'far', 'keyfile', ssh.key)
      }
    },
  ],
]

function newRepository(settle: Settle): DvcRepository {
  const repository = new DvcRepository(dvc)
  repositories.push(repository)
  repository.environment['PATH'] = `${ssh.bin}:${process.env['PATH']}`
  ssh.trust(repository.environment['HOME'] ?? '')
  repository.dvc('init', '-q')
  settle(repository)
  return repository
}

const PIPELINE = `stages:
  copy:
    cmd: cp one.csv out.csv
    deps: [one.csv]
    outs: [out.csv]
`
// dvc 2.58.2: printf 'a\r\nb\r\n' > old.csv; dvc add old.csv
const OLD = `outs:\n- md5: ${md5('a\nb\n')}\n  size: 6\n  path: old.csv\n`

function fill(repository: DvcRepository): void {
  for (const name of ['a', 'sub/b', 'sub/é 😀']) repository.write(`data/${name}`, `${name}\n`)
  repository.write('one.csv', randomBytes(20 << 20))
  repository.write('old.csv', 'a\r\nb\r\n')
  repository.write('old.csv.dvc', OLD)
  repository.write('.gitignore', '/old.csv\n')
  repository.write('dvc.yaml', PIPELINE)
  repository.dvc('add', '-q', 'data', 'one.csv')
  repository.dvc('commit', '-q', '-f', 'old.csv.dvc')
  repository.dvc('repro', '-q', 'copy')
}

const IN_SYNC = "Cache and remote 'far' are in sync.\n"

/** The same recorded state in a repository whose cache is empty. */
function cloneOf(from: DvcRepository, settle: Settle): DvcRepository {
  const clone = newRepository(settle)
  for (const file of [
    'data.dvc',
    'one.csv.dvc',
    'old.csv.dvc',
    'dvc.yaml',
    'dvc.lock',
    '.gitignore',
  ])
    cpSync(join(from.root, file), join(clone.root, file))
  return clone
}

test.each(KINDS)(
  '%s: what one of the two pushes the other pulls, run cache and old data too',
  (_, open) => {
    for (const [pusher, puller] of [
      ['ratchet', 'dvc'],
      ['dvc', 'ratchet'],
    ] as const) {
      const settle = open()
      const first = newRepository(settle)
      fill(first)
      first[pusher]('push', '--run-cache')
      expect(first.ratchet('status', '-c')).toBe(IN_SYNC)
      expect(first.dvc('status', '-c')).toBe(IN_SYNC)
      const second = cloneOf(first, settle)
      second[puller]('pull', '--run-cache')
      expect(second.dvc('status')).toContain('up to date')
      expect(second.ratchet('status')).toContain('up to date')
      expect(second.read('old.csv')).toBe('a\r\nb\r\n')
      const runs = (repository: DvcRepository) =>
        readdirSync(join(repository.root, '.dvc/cache/runs'), { recursive: true }).map(String)
      expect(runs(second).toSorted()).toEqual(runs(first).toSorted())
    }
  },
)

test.each(KINDS)('%s: after gc -c by one, both find the same on the remote', (_, open) => {
  const settle = open()
  const first = newRepository(settle)
  fill(first)
  first.ratchet('push')
  first.write('data/a', 'changed\n')
  first.dvc('add', '-q', 'data')
  first.dvc('push', '-q')
  // What is younger than an hour stays, here as on any remote that others push to.
  expect(first.ratchet('gc', '-w', '-c', '-f')).toContain('No unused')
  first.dvc('gc', '-w', '-c', '-f', '-q')
  expect(first.ratchet('status', '-c')).toBe(IN_SYNC)
  const second = cloneOf(first, settle)
  second.ratchet('pull')
  expect(second.dvc('status')).toContain('up to date')
})

test('HTTP: both pull from a plain server what a folder holds', () => {
  const far: Settle = (repository) =>
    void repository.ratchet('remote', 'add', '-d', 'far', join(base, 'web'))
  const first = newRepository(far)
  fill(first)
  first.ratchet('push')
  const { port } = web.address() as AddressInfo
  const plain: Settle = (repository) =>
    void repository.ratchet('remote', 'add', '-d', 'far', `http://127.0.0.1:${port}`)
  const clone = cloneOf(first, plain)
  return runAside(clone, 'ratchet').then(async () => {
    expect(clone.dvc('status')).toContain('up to date')
    clone.remove('.dvc/cache')
    clone.remove('data')
    await runAside(clone, 'dvc')
    expect(clone.ratchet('status')).toContain('up to date')
  })
})

// The server lives in this process, which must not stand still while the command runs.
function runAside(repository: DvcRepository, tool: 'ratchet' | 'dvc'): Promise<void> {
  const program = tool === 'dvc' ? dvc : join(import.meta.dirname, '../../bin/ratchet')
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['pull'], {
      cwd: repository.root,
      env: repository.environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${tool}: ${code}`))))
  })
}

test('what `dvc` cannot know of our settings it does not refuse', () => {
  const [, open] = KINDS[0] as (typeof KINDS)[0]
  const repository = newRepository(open())
  repository.ratchet('remote', 'modify', 'far', 'read_timeout', '20')
  repository.ratchet('remote', 'modify', 'far', 'jobs', '3')
  expect(repository.dvc('remote', 'list')).toContain('s3://')
  expect(repository.dvc('config', 'remote.far.jobs')).toBe('3\n')
})
