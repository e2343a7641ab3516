import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { reach } from '../fault-points.ts'
import type { Publish } from './tasks.ts'

/** The name comes last: whoever sees it finds the whole object. */
export function publish({ from, to, sync }: Publish): void {
  for (const [index, temporary] of from.entries()) {
    const target = to[index] ?? ''
    if (sync) syncFile(temporary)
    reach('publish: before the name')
    renameInto(temporary, target)
    reach('publish: after the name')
  }
}

function renameInto(temporary: string, target: string): void {
  try {
    renameSync(temporary, target)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
    mkdirSync(dirname(target), { recursive: true })
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
