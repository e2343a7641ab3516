import { readdirSync } from 'node:fs'
import { OidSet } from './oid-set.ts'

const OID = /^[0-9a-f]{32}(\.dir)?$/

export function isOid(text: string): boolean {
  return OID.test(text)
}

/** Where an object lies in a folder of objects. */
export function objectPath(store: string, oid: string): string {
  return `${store}/${oid.slice(0, 2)}/${oid.slice(2)}`
}

/** Copies that are in no store yet. */
export interface Copies {
  readonly folder: string
  /** They are few and lie side by side, named after the folder; else as in a store. */
  readonly flat: boolean
}

export function copyPath({ folder, flat }: Copies, oid: string): string {
  return flat ? `${folder}-${oid}` : objectPath(folder, oid)
}

/** What a folder of objects holds. */
export interface StoredObjects {
  readonly files: OidSet
  /** Names with `.dir`. */
  readonly listings: ReadonlySet<string>
}

/**
 * Lists a folder in which objects lie as `ab/cdef…`, one call a prefix: for thousands of objects much cheaper than
 * asking for each. What has another name is none of ours.
 */
export function* listStoreNames(store: string): Generator<string> {
  for (const prefix of readFolder(store)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue
    for (const rest of readFolder(`${store}/${prefix}`)) {
      const oid = prefix + rest
      if (OID.test(oid)) yield oid
    }
  }
}

/** The same, packed. */
export function listStore(store: string): StoredObjects {
  const files = new OidSet()
  const listings = new Set<string>()
  for (const oid of listStoreNames(store))
    if (oid.length === 32) files.add(oid)
    else listings.add(oid)
  return { files, listings }
}

function readFolder(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return []
    throw error
  }
}
