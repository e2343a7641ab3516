import { closeSync, fsync, fsyncSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { reach } from '../fault-points.ts'
import { copyPath, objectPath } from '../objects/object-store.ts'
import { makeStoreFolder } from '../cache-permissions.ts'
import type { Publish } from './tasks.ts'

/** The name comes last: whoever sees it finds the whole object. */
export function publish({ copies, store, oids, sync }: Publish): void {
  for (const oid of each(oids)) {
    const copy = copyPath(copies, oid)
    if (sync) syncFile(copy)
    name(copy, objectPath(store, oid))
  }
}

/** The same for the thread of the command, which does other work as long as the disk takes. */
export async function publishInBackground(task: Publish): Promise<void> {
  const { copies, oids } = task
  if (task.sync)
    await Promise.all([...each(oids)].map((oid) => syncInBackground(copyPath(copies, oid))))
  publish({ ...task, sync: false })
}

function* each(oids: string): Generator<string> {
  for (let at = 0; at < oids.length; at += 32) yield oids.slice(at, at + 32)
}

/** Brings one file to the disk, then gives it its name. */
export function publishFile(from: string, to: string): void {
  syncFile(from)
  name(from, to)
}

function name(from: string, to: string): void {
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

const syncOpen = promisify(fsync)

async function syncInBackground(path: string): Promise<void> {
  const file = openSync(path, 'r')
  try {
    await syncOpen(file)
  } finally {
    closeSync(file)
  }
}
