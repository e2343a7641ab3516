import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TEMPORARY_FOLDER } from './local.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { publish } from '../workers/publish.ts'
import { type CallOptions, eachAtOnce, type Remote } from './port.ts'
import { withRetries } from './retry.ts'

// Names are hashes, and anything else from a remote is left there.
const RUN = /^runs\/[0-9a-f]{2}\/[0-9a-f]{64}\/[0-9a-f]{64}$/

/** Sends what DVC remembers of earlier runs of stages. Returns how many were sent. */
export async function sendRunCache(
  project: DataProject,
  remote: Remote,
  options: CallOptions,
): Promise<number> {
  let sent = 0
  await eachAtOnce(localRuns(project), remote.jobs, async (key) => {
    if ((await withRetries(() => remote.head(key, options), options)) !== null) return
    const path = join(project.cacheDir, key)
    const bytes = readFileSync(path)
    const md5 = createHash('md5').update(bytes).digest('hex')
    const source = { path, size: bytes.length, md5 }
    await withRetries(() => remote.upload(key, source, options), options)
    sent++
  })
  return sent
}

function localRuns({ cacheDir }: DataProject): readonly string[] {
  const folder = join(cacheDir, 'runs')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `runs/${name.replaceAll('\\', '/')}`)
    .filter((key) => RUN.test(key))
}

/** Brings them. A remote that cannot list has none to give, as with DVC. */
export async function receiveRunCache(
  project: DataProject,
  remote: Remote,
  options: CallOptions,
): Promise<number> {
  if (!remote.canList) return 0
  let came = 0
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  try {
    for await (const batch of remote.list('runs/', options))
      await eachAtOnce(batch, remote.jobs, async ({ key }) => {
        const to = join(project.cacheDir, key)
        if (!RUN.test(key) || existsSync(to)) return
        const from = join(folder, key)
        mkdirSync(dirname(from), { recursive: true })
        writeFileSync(from, await withRetries(() => readAll(remote, key, options), options))
        publish({ kind: 'publish', from: [from], to: [to], sync: true })
        came++
      })
    return came
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readAll(remote: Remote, key: string, options: CallOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of remote.open(key, options)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
