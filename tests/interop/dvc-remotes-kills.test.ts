import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { md5 } from '../../src/base/hash.ts'
import { DvcRepository } from './dvc-repository.ts'
import { type S3Gateway, startS3Gateway } from './remotes/s3-gateway.ts'
import { tools } from './tools.ts'

const RATCHET = join(import.meta.dirname, '../../bin/ratchet')

let s3: S3Gateway
const made: DvcRepository[] = []

beforeAll(async () => {
  s3 = await startS3Gateway()
})
afterAll(async () => {
  for (const repository of made) repository.close()
  await s3.stop()
})

function newRepository(bucket: string): DvcRepository {
  const repository = new DvcRepository(tools.dvc())
  made.push(repository)
  repository.dvc('init', '-q')
  repository.dvc('remote', 'add', '-q', '-d', 'far', `s3://${bucket}/some/folder`)
  for (const [key, value] of Object.entries(s3.keys))
    repository.dvc('remote', 'modify', '-q', '--local', 'far', key, value)
  return repository
}

test.each(['push', 'pull'])(
  'kill -9 of %s over S3: the next run moves only what is missing',
  async (verb) => {
    const objects = s3.makeBucket(verb)
    const repository = newRepository(verb)
    for (let index = 0; index < 400; index++) repository.write(`data/${index}`, `${index}\n`)
    repository.ratchet('add', 'data')
    const cache = join(repository.root, '.dvc/cache/files/md5')
    const remote = join(objects, 'some/folder/files/md5')
    if (verb === 'pull') {
      repository.ratchet('push')
      repository.remove('.dvc/cache')
      repository.remove('data')
    }
    const watched = verb === 'push' ? remote : join(repository.root, '.dvc/cache')
    const child = spawn(RATCHET, [verb], {
      cwd: repository.root,
      env: repository.environment,
      detached: true,
      stdio: 'ignore',
    })
    while (countFiles(watched) < 50 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    await ended
    const there = await settledCount(verb === 'push' ? remote : cache)
    for (const store of [cache, remote]) expectSound(store)
    const said = JSON.parse(repository.ratchet(verb, '--json')) as Record<string, number>
    expect(said[verb === 'push' ? 'pushed' : 'fetched']).toBe(401 - there)
    expect(repository.dvc('status', '-c')).toBe("Cache and remote 'far' are in sync.\n")
    expect(repository.dvc('status')).toContain('up to date')
  },
)

function files(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

// What was on its way when the sender died may still arrive: the store has it all, only its answer found nobody.
async function settledCount(folder: string): Promise<number> {
  for (let before = countFiles(folder); ;) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const now = countFiles(folder)
    if (now === before) return now
    before = now
  }
}

function countFiles(folder: string): number {
  try {
    return files(folder).length
  } catch {
    return 0
  }
}

function expectSound(store: string): void {
  for (const path of files(store)) {
    const oid = path
      .slice(store.length + 1)
      .replace('/', '')
      .replace('.dir', '')
    expect(md5(readFileSync(path))).toBe(oid)
  }
}
