import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { reach } from '../fault-points.ts'
import { copyPath, objectPath } from '../objects/object-store.ts'
import { makeStoreFolder } from '../cache-permissions.ts'
import type { Publish } from './tasks.ts'

/** The name comes last: whoever sees it finds the whole object. */
export function publish({ copies, store, oids, sync }: Publish): void {
  for (let at = 0; at < oids.length; at += 32) {
    const oid = oids.slice(at, at + 32)
    const copy = copyPath(copies, oid)
    if (sync) syncFile(copy)
    reach('publish: before the name')
    renameInto(copy, objectPath(store, oid))
    reach('publish: after the name')
  }
}

/** Brings one file to the disk, then gives it its name. */
export function publishFile(from: string, to: string): void {
  syncFile(from)
  reach('publish: before the name')
  renameInto(from, to)
  reach('publish: after the name')
}

function renameInto(temporary: string, target: string): void {
  try {
    renameSync(temporary, target)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
    makeStoreFolder(dirname(target))
    renameSync(temporary, target)
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
