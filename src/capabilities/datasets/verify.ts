import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import { md5 } from '../../base/hash.ts'
import { storageError } from '../../storage/errors.ts'
import { cachePath, cacheStore, isCached } from './cache.ts'
import { reach } from './fault-points.ts'
import { isOid, listStoreNames } from './objects/object-store.ts'
import { bytesOf, takeAll } from './objects/take-all.ts'
import type { DataProject } from './project.ts'
import { openRemote } from './remotes/open.ts'
import { absentFrom } from './remotes/presence.ts'
import { receiveListing, receiveObjects, type TransferOptions } from './remotes/transfer.ts'
import { wholeFileLegacyHash } from './workers/legacy-hash.ts'

export interface BrokenObject {
  readonly oid: string
  readonly legacy: boolean
  /** What its bytes really hash to. */
  readonly found: string
  /** Where it was set aside. */
  readonly movedTo: string
  /** The remote had it whole, and it is in the cache again. */
  readonly restored: boolean
}

export interface Verified {
  readonly checked: number
  readonly bytes: number
  readonly broken: readonly BrokenObject[]
}

export interface VerifyOptions extends TransferOptions {
  readonly remote?: string | undefined
}

/**
 * Hashes every object of the cache anew. What is not what its name says is set aside, never deleted: it may be the
 * only copy, and nearly right. Where a remote has it whole it is brought again.
 */
export async function verifyCache(
  project: DataProject,
  options: VerifyOptions = {},
): Promise<Verified> {
  let checked = 0
  let bytes = 0
  const broken: BrokenObject[] = [...(await restoreEarlier(project, options))]
  for (const legacy of [false, true]) {
    const oids = [...listStoreNames(cacheStore(project, legacy))]
    const wrong = await hashAll(project, oids, { legacy, options })
    checked += oids.length
    bytes += wrong.bytes
    for (const { oid, found } of wrong.found) {
      const movedTo = setAside(project, oid, legacy)
      const restored = await bringAgain(project, { oid, legacy, options })
      broken.push({ oid, legacy, found, movedTo, restored })
    }
  }
  return { checked, bytes, broken }
}

interface Hashing {
  readonly legacy: boolean
  readonly options: VerifyOptions
}

async function hashAll(
  project: DataProject,
  oids: readonly string[],
  { legacy, options }: Hashing,
) {
  const found: { readonly oid: string; readonly found: string }[] = []
  const pathAt = (index: number): string => cachePath(project, oids[index] ?? '', legacy)
  let done = 0
  let bytes = 0
  await takeAll({
    pool: project.poolFor(oids.length, () => bytesOf(oids.length, pathAt)),
    count: oids.length,
    sourceAt: pathAt,
    legacy,
    intake: null,
    signal: options.signal,
    onTaken: (from, taken) => {
      for (let place = 0; place < taken.copied.length; place++) {
        const oid = oids[from + place] ?? ''
        const really = taken.oids.slice(32 * place, 32 * place + 32)
        if (oid.slice(0, 32) !== really && !(legacy && isOldText(oid, pathAt(from + place))))
          found.push({ oid, found: really })
      }
      done += taken.copied.length
      bytes += taken.bytes
      options.onProgress?.(done, oids.length, bytes)
    },
  })
  return { found, bytes }
}

// DVC 2 looked at the start of a file once, DVC 3 at each chunk of a MiB; an object of either rule is whole.
function isOldText(oid: string, path: string): boolean {
  return wholeFileLegacyHash(readFileSync(path)) === oid.slice(0, 32)
}

/** What an earlier run set aside and could not bring again, killed perhaps: the remote may have it by now. */
async function restoreEarlier(
  project: DataProject,
  options: VerifyOptions,
): Promise<readonly BrokenObject[]> {
  const folder = join(project.cacheDir, QUARANTINE)
  const restored: BrokenObject[] = []
  const names = existsSync(folder) ? readdirSync(folder).filter(isOid) : []
  for (const oid of names)
    for (const legacy of [false, true]) {
      if (isCached(project, oid, undefined, legacy)) break
      // A remote that does not answer now says nothing about the cache.
      const came = await bringAgain(project, { oid, legacy, options }).catch(() => false)
      if (!came) continue
      const movedTo = join(folder, oid)
      restored.push({ oid, legacy, found: md5(readFileSync(movedTo)), movedTo, restored: true })
      break
    }
  return restored
}

const QUARANTINE = '.ratchet-quarantine'

function setAside(project: DataProject, oid: string, legacy: boolean): string {
  const folder = join(project.cacheDir, QUARANTINE)
  const target = join(folder, oid)
  try {
    mkdirSync(folder, { recursive: true })
    const source = cachePath(project, oid, legacy)
    reach('verify: before setting aside')
    renameSync(source, target)
    reach('verify: set aside')
    // No longer read-only: nothing in here is to be trusted.
    chmodSync(target, 0o644)
    return target
  } catch (error) {
    throw storageError(error)
  }
}

async function bringAgain(
  project: DataProject,
  { oid, legacy, options }: Hashing & { readonly oid: string },
): Promise<boolean> {
  if (project.settings.get('core')?.get('remote') === undefined && options.remote === undefined)
    return false
  const remote = await openRemote(project, options.remote)
  try {
    if ((await absentFrom(remote, [oid], { legacy })).size > 0) return false
    if (oid.endsWith('.dir')) await receiveListing(project, remote, { oid, legacy }, options)
    else
      await receiveObjects(
        project,
        remote,
        { count: 1, oidAt: () => oid, legacy },
        { signal: options.signal },
      )
    return true
  } catch (error) {
    // The remote has it broken too: said as not restored.
    if (error instanceof RatchetError && error.code === 'DATASET_REMOTE_CORRUPT') return false
    throw error
  } finally {
    await remote.close()
  }
}
