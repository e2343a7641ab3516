import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { storageError } from '../../storage/errors.ts'
import type { LinkType } from './config.ts'

/** Replaces a file as a whole: temporary name, sync, rename. A reader sees the old text or the new. */
export function writeAtomically(path: string, text: string): void {
  const temporary = temporaryBeside(path)
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o666
  try {
    const file = openSync(temporary, 'wx', mode & 0o777)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
}

function temporaryBeside(path: string): string {
  return join(
    dirname(path),
    `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`,
  )
}

export interface Placement {
  readonly object: string
  readonly target: string
  readonly linkTypes: readonly LinkType[]
  readonly isexec: boolean
}

/** Puts an object of the cache at its place in the workspace, by the first kind of link that works. */
export function placeObject({ object, target, linkTypes, isexec }: Placement): void {
  mkdirSync(dirname(target), { recursive: true })
  const temporary = temporaryBeside(target)
  try {
    const used = link(object, temporary, linkTypes)
    const shared = used === 'hardlink' || used === 'symlink'
    if (!shared) chmodSync(temporary, (isexec ? 0o777 : 0o666) & ~process.umask())
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
}

function link(object: string, temporary: string, types: readonly LinkType[]): LinkType {
  let failure: unknown
  for (const type of types) {
    try {
      makeLink(type, object, temporary)
      return type
    } catch (error) {
      failure = error
      rmSync(temporary, { force: true })
    }
  }
  throw failure
}

function makeLink(type: LinkType, object: string, temporary: string): void {
  switch (type) {
    case 'reflink':
      return copyFileSync(object, temporary, constants.COPYFILE_FICLONE_FORCE)
    case 'copy':
      return copyFileSync(object, temporary)
    case 'hardlink':
      return linkSync(object, temporary)
    case 'symlink':
      return symlinkSync(object, temporary)
  }
}
