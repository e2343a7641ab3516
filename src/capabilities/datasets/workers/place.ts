import {
  closeSync,
  constants,
  copyFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { LinkType } from '../config.ts'
import { pathInside } from '../containment.ts'
import { reach } from '../fault-points.ts'
import { fsPath } from '../file-names.ts'
import { takeCopyAhead } from '../objects/copy-ahead.ts'
import { sweepUnfinished, temporaryBeside } from '../unfinished.ts'
import { setSignature, SIGNATURE_WORDS } from './signature.ts'
import { type Place, type Placed, TaskError } from './tasks.ts'
import { writeAll } from './write-all.ts'

const buffer = Buffer.allocUnsafe(1 << 18)

/**
 * Puts each object at its place: made under another name, then renamed, so that a file is old or new, never half; in a
 * folder that nobody sees yet, at once.
 */
export function place(task: Place): Placed {
  const { objects, targets, root } = task
  const parents = new Set<string>()
  const signatures = new Float64Array(SIGNATURE_WORDS * targets.length)
  let types = task.linkTypes
  for (const [index, object] of objects.entries()) {
    const target = targets[index] ?? ''
    const parent = dirname(target)
    if (!parents.has(parent)) {
      prepareParent(root, target, parent)
      parents.add(parent)
    }
    const placed = placeOne({
      object,
      target,
      types,
      isexec: task.isexec,
      temporary: task.temporary + index,
      unseen: task.unseen,
      ahead: task.ahead,
    })
    types = placed.types
    // Made here a moment ago, so nobody else can have written it within the same tick of the clock; a checkout does not
    // return before the next tick.
    setSignature(signatures, index, placed.stats ?? statSync(fsPath(target)))
  }
  return { signatures }
}

// Again, at the last moment: a folder on the way may have become a link since the plan was made.
function prepareParent(root: string, target: string, parent: string): void {
  try {
    pathInside(root, target)
  } catch (error) {
    throw new TaskError({ code: 'OUTSIDE', path: target, detail: String(error) }, error)
  }
  mkdirSync(fsPath(parent), { recursive: true })
}

interface One {
  readonly object: string
  readonly target: string
  readonly types: readonly LinkType[]
  readonly isexec: boolean
  readonly temporary: string
  readonly unseen: boolean
  readonly ahead: string | null
}

interface PlacedOne {
  /** The kinds of link still worth trying: what a file system cannot do, it cannot do for the next file. */
  readonly types: readonly LinkType[]
  readonly stats: Stats | null
}

function placeOne(one: One): PlacedOne {
  const { target, types } = one
  let failure: unknown
  for (const [index, type] of types.entries()) {
    try {
      const stats = makeLink(type, one)
      return {
        types: type === 'copy' && types[0] === 'reflink' ? types.slice(index) : types,
        stats,
      }
    } catch (error) {
      failure = error
      const { code } = error as { code?: string }
      if (code === 'ENOSPC' || code === 'ENOENT') break
    }
  }
  throw failure instanceof Error
    ? failure
    : new Error(`no kind of link is configured for ${target}`)
}

// Returns how the file is now, where that was learned on the way and no rename came after.
function makeLink(type: LinkType, one: One): Stats | null {
  if (type === 'hardlink' || type === 'symlink') {
    makeSharing(type, one)
    return null
  }
  const { target, temporary, unseen } = one
  const made = unseen ? makeAtOnce(type, one) : 'taken'
  if (made !== 'taken') return made
  makeCopy(type, one, temporary)
  reach('place: copy made')
  moveInto(temporary, target)
  reach('place: in place')
  return null
}

// Two names may be one to a file system that ignores case.
function makeAtOnce(type: 'reflink' | 'copy', one: One): Stats | null | 'taken' {
  try {
    const stats = makeCopy(type, one, fsPath(one.target))
    reach('place: copy made')
    return stats
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
    return 'taken'
  }
}

function makeCopy(type: 'reflink' | 'copy', one: One, path: string | Buffer): Stats | null {
  const mode = modeOf(one)
  if (type === 'copy') return copy(one, path)
  copyFileSync(one.object, path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  chmodSync(path, mode & ~process.umask())
  return null
}

function modeOf({ isexec }: One): number {
  return isexec ? 0o777 : 0o666
}

// A link is made in one step, so a free name needs no second one.
function makeSharing(type: 'hardlink' | 'symlink', one: One): void {
  const { object, target, temporary } = one
  if (type === 'hardlink' && lstatSync(object).size === 0) {
    // Many empty files would exhaust the links that one object may have.
    copy(one, temporary)
    return moveInto(temporary, target)
  }
  const make = (path: string): void =>
    type === 'hardlink' ? linkSync(object, fsPath(path)) : symlinkSync(object, fsPath(path))
  try {
    make(target)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
    make(temporary)
    reach('place: link made')
    moveInto(temporary, target)
    // Where the target was a link to the same object, rename does nothing and leaves both.
    rmSync(temporary, { force: true })
  }
  reach('place: in place')
}

/** Gives a file its place, also one on another file system, in one step. */
export function moveInto(temporary: string, target: string): void {
  try {
    renameSync(temporary, fsPath(target))
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EXDEV') return moveAcross(temporary, target)
    if (code !== 'EISDIR' && code !== 'ENOTEMPTY') throw error
    // A folder where the file belongs; the plan allowed it to go.
    rmSync(fsPath(target), { recursive: true })
    renameSync(temporary, fsPath(target))
  }
}

function moveAcross(temporary: string, target: string): void {
  sweepUnfinished(dirname(target))
  const beside = temporaryBeside(`${dirname(target)}/placed`)
  copyFileSync(temporary, fsPath(beside))
  renameSync(fsPath(beside), fsPath(target))
  rmSync(temporary)
}

function copy(one: One, path: string | Buffer): Stats | null {
  const source = openSync(one.object, 'r')
  try {
    const length = readSync(source, buffer, 0, buffer.length, 0)
    return length === buffer.length
      ? copyLarge(one, path)
      : writeNew(path, buffer.subarray(0, length), modeOf(one))
  } finally {
    closeSync(source)
  }
}

function writeNew(path: string | Buffer, bytes: Buffer, mode: number): Stats {
  const target = openSync(path, 'wx', mode)
  try {
    writeAll(target, bytes)
    return fstatSync(target)
  } finally {
    closeSync(target)
  }
}

function copyLarge(one: One, path: string | Buffer): null {
  const { object, ahead } = one
  if (ahead === null || !takeCopyAhead(ahead, object, path))
    copyFileSync(object, path, constants.COPYFILE_EXCL)
  chmodSync(path, modeOf(one) & ~process.umask())
  return null
}
