import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { md5 } from '../../base/hash.ts'
import type { DataProject } from './index.ts'

/** The names of the objects in the cache, each of which is held to be what its name says. */
export function objectsInCache({ cacheDir }: DataProject): readonly string[] {
  const store = join(cacheDir, 'files/md5')
  if (!existsSync(store)) return []
  return readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const oid = path.slice(store.length + 1).replace('/', '')
      expect(`${md5(readFileSync(path))}${oid.endsWith('.dir') ? '.dir' : ''}`).toBe(oid)
      return oid
    })
}
