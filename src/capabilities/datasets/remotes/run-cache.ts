import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RatchetError } from '../../../base/errors.ts'
import type { PathHash } from '../hash-path.ts'
import type { SelectedOut } from '../targets.ts'
import { parseYaml } from '../yaml-parse.ts'
import { isYamlMap, type YamlValue } from '../yaml-values.ts'
import { TEMPORARY_FOLDER } from './local.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { publishFile } from '../workers/publish.ts'
import { type CallOptions, eachAtOnce, type Remote } from './port.ts'
import { withRetries } from './retry.ts'

// Names are hashes, and anything else from a remote is left there.
const RUN = /^runs\/[0-9a-f]{2}\/[0-9a-f]{64}\/[0-9a-f]{64}$/
/** An entry is a piece of YAML. What is larger is none, and is left on the remote. */
const LARGEST_BYTES = 16 * 1024 * 1024

/** Sends what DVC remembers of earlier runs of stages. Returns how many were sent. */
export async function sendRunCache(
  project: DataProject,
  remote: Remote,
  options: CallOptions,
): Promise<number> {
  let sent = 0
  const { signal } = options
  await eachAtOnce(localRuns(project), { jobs: remote.jobs, signal }, async (key, stop) => {
    const watch = { signal: stop }
    if ((await withRetries(() => remote.head(key, watch), watch)) !== null) return
    const path = join(project.cacheDir, key)
    const bytes = readFileSync(path)
    const md5 = createHash('md5').update(bytes).digest('hex')
    const source = { path, size: bytes.length, md5 }
    await withRetries(() => remote.upload(key, source, watch), watch)
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
  const { signal } = options
  let came = 0
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  try {
    for await (const batch of remote.list('runs/', options))
      await eachAtOnce(batch, { jobs: remote.jobs, signal }, async ({ key, size }, stop) => {
        const watch = { signal: stop }
        const to = join(project.cacheDir, key)
        if (!RUN.test(key) || size > LARGEST_BYTES || existsSync(to)) return
        const from = join(folder, key)
        mkdirSync(dirname(from), { recursive: true })
        writeFileSync(from, await withRetries(() => readAll(remote, key, watch), watch))
        publishFile(from, to)
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

/** What runs left behind, as data to push: an entry that is known elsewhere is of use only with its outputs. */
export function outsOfRuns(project: DataProject): readonly SelectedOut[] {
  return localRuns(project).flatMap((key) =>
    outsOfEntry(readEntry(join(project.cacheDir, key))).map((out) => ({
      ...out,
      part: null,
      declaredBy: key,
      file: key,
      push: true,
      remote: null,
      isImport: false,
    })),
  )
}

// One that is broken is set aside by who looks for a run: pipelines/run-cache.ts.
function readEntry(file: string): YamlValue {
  try {
    return parseYaml(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof RatchetError) return null
    throw error
  }
}

function outsOfEntry(
  entry: YamlValue,
): readonly { readonly path: string; readonly hash: PathHash }[] {
  const outs = isYamlMap(entry) ? entry.get('outs') : null
  if (!Array.isArray(outs)) return []
  return outs.flatMap((out: YamlValue) => {
    if (!isYamlMap(out)) return []
    const [path, md5, size] = [out.get('path'), out.get('md5'), out.get('size')]
    if (typeof path !== 'string' || typeof md5 !== 'string') return []
    if (!/^[0-9a-f]{32}(\.dir)?$/.test(md5)) return []
    const old = out.get('hash') === 'md5' ? {} : ({ legacy: true } as const)
    return [{ path, hash: { md5, size: Number(size ?? 0), ...old } }]
  })
}
