/** 2,000 files of 4 KiB and one of 1 GiB, to and from versitygw, beside `dvc`, in turns. `node bench/data-s3.bench.ts` */
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../tests/free-port.ts'
import { tools } from '../tests/interop/tools.ts'
import { startServer } from '../tests/interop/remotes/server-process.ts'
import { type Contest, runStep } from './data/steps.ts'
import { makeProject, ratchet, realDvc, timedCommand, withBase } from './data/projects.ts'

const MIB = 1 << 20
const FILES = 2000
const ACCESS = 'bench-access'
const SECRET = 'bench-secret'

function writeData(root: string): void {
  mkdirSync(join(root, 'many'))
  for (let index = 0; index < FILES; index++)
    writeFileSync(join(root, 'many', String(index)), randomBytes(4096))
  const file = openSync(join(root, 'big'), 'w')
  const block = randomBytes(MIB)
  for (let index = 0; index < 1024; index++) {
    block.writeUInt32LE(index)
    writeSync(file, block)
  }
  closeSync(file)
}

const remove = (...paths: readonly string[]): void => {
  for (const path of paths) rmSync(path, { recursive: true, force: true })
}

await withBase(async (base) => {
  const gateway = tools.s3Gateway()
  const port = await freePort()
  const buckets = join(base, 'buckets')
  mkdirSync(buckets)
  const server = await startServer(
    [gateway, '--quiet', '--port', `127.0.0.1:${port}`, 'posix', buckets],
    port,
    { ROOT_ACCESS_KEY: ACCESS, ROOT_SECRET_KEY: SECRET },
  )
  try {
    const bucketOf = (root: string): string =>
      join(buckets, `bucket-${root.slice(base.length + 1)}`)
    const prepared = (name: string): string => {
      const root = makeProject(base, name)
      mkdirSync(bucketOf(root))
      appendFileSync(
        join(root, '.dvc/config'),
        `['remote "far"']\n    url = s3://bucket-${name}/data\n    endpointurl = http://127.0.0.1:${port}\n` +
          `    access_key_id = ${ACCESS}\n    secret_access_key = ${SECRET}\n`,
      )
      writeData(root)
      timedCommand(root, ratchet.command, ['add', 'many', 'big'])
      return root
    }
    const contest: Contest = {
      base,
      ours: { tool: ratchet, root: prepared('ours') },
      theirs: { tool: realDvc(), root: prepared('theirs') },
      rounds: 2,
    }
    const md5 = timedCommand(base, 'md5sum', [join(contest.ours.root, 'big')])
    for (const [what, target, limit] of [
      [`${FILES} files of 4 KiB`, 'many', undefined],
      ['1 GiB', 'big', md5],
    ] as const) {
      const at = limit === undefined ? {} : { limit }
      runStep(contest, {
        measure: `S3, ${what}: push`,
        args: ['push', '-r', 'far', target],
        ...at,
        ...(limit === undefined ? {} : { reachMemory: 400 }),
        before: (root) => {
          remove(join(bucketOf(root), 'data'), join(root, '.dvc/tmp'))
          // What DVC remembers of the remote would be wrong now.
          mkdirSync(join(root, '.dvc/tmp'))
        },
      })
      runStep(contest, {
        measure: `S3, ${what}: pull`,
        args: ['pull', '-r', 'far', target],
        ...at,
        ...(limit === undefined ? {} : { reachMemory: 400 }),
        before: (root) => remove(join(root, target), join(root, '.dvc/cache')),
      })
      // The cache was emptied for the pull.
      for (const root of [contest.ours.root, contest.theirs.root])
        timedCommand(root, ratchet.command, ['add', 'many', 'big'])
    }
  } finally {
    await server.stop()
  }
})
