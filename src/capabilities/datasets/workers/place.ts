import {
  closeSync,
  constants,
  copyFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { LinkType } from '../config.ts'
import { pathInside } from '../containment.ts'
import { reach } from '../fault-points.ts'
import { fsPath } from '../file-names.ts'
import { setSignature, SIGNATURE_WORDS } from './signature.ts'
import { writeAll } from './take-in.ts'
import { type Place, type Placed, TaskError } from './tasks.ts'

const buffer = Buffer.allocUnsafe(1 << 18)

/**
 * Puts each object at its place: made under another name, then renamed, so that a file is old or new, never half; in a
 * folder that nobody sees yet, at once.
 */
export function place(task: Place): Placed {
  const { objects, targets, root } = task
  const parents = new Set<string>()
  let types = task.linkTypes
  for (const [index, object] of objects.entries()) {
    const target = targets[index] ?? ''
    const parent = dirname(target)
    if (!parents.has(parent)) {
      prepareParent(root, target, parent)
      parents.add(parent)
    }
    types = placeOne({
      object,
      target,
      types,
      isexec: task.isexec,
      temporary: task.temporary + index,
      unseen: task.unseen,
    })
  }
  return { signatures: signaturesOf(targets) }
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

// Made here a moment ago, so nobody else can have written them within the same tick of the clock; a checkout does not
// return before the next tick.
function signaturesOf(targets: readonly string[]): BigInt64Array {
  const signatures = new BigInt64Array(SIGNATURE_WORDS * targets.length)
  for (const [index, target] of targets.entries())
    setSignature(signatures, index, statSync(fsPath(target), { bigint: true }))
  return signatures
}

interface One {
  readonly object: string
  readonly target: string
  readonly types: readonly LinkType[]
  readonly isexec: boolean
  readonly temporary: string
  readonly unseen: boolean
}

// Returns the kinds of link still worth trying: what a file system cannot do, it cannot do for the next file.
function placeOne(one: One): readonly LinkType[] {
  const { target, types } = one
  let failure: unknown
  for (const [index, type] of types.entries()) {
    try {
      makeLink(type, one)
      return type === 'copy' && types[0] === 'reflink' ? types.slice(index) : types
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

function makeLink(type: LinkType, one: One): void {
  if (type === 'hardlink' || type === 'symlink') return makeSharing(type, one)
  const { target, temporary, unseen } = one
  if (unseen && makeAtOnce(type, one)) return
  makeCopy(type, one, temporary)
  reach('place: copy made')
  moveInto(temporary, target)
  reach('place: in place')
}

// False where the name is taken: two names may be one to a file system that ignores case.
function makeAtOnce(type: 'reflink' | 'copy', one: One): boolean {
  try {
    makeCopy(type, one, fsPath(one.target))
    reach('place: copy made')
    return true
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
    return false
  }
}

function makeCopy(type: 'reflink' | 'copy', { object, isexec }: One, path: string | Buffer): void {
  const mode = isexec ? 0o777 : 0o666
  if (type === 'copy') return copy(object, path, mode)
  copyFileSync(object, path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  chmodSync(path, mode & ~process.umask())
}

// A link is made in one step, so a free name needs no second one.
function makeSharing(
  type: 'hardlink' | 'symlink',
  { object, target, temporary, isexec }: One,
): void {
  if (type === 'hardlink' && lstatSync(object).size === 0) {
    // Many empty files would exhaust the links that one object may have.
    copy(object, temporary, isexec ? 0o777 : 0o666)
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

function moveInto(temporary: string, target: string): void {
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
  const beside = `${dirname(target)}/.${process.pid}-${temporary.slice(-12).replaceAll('/', '-')}.tmp`
  copyFileSync(temporary, fsPath(beside))
  renameSync(fsPath(beside), fsPath(target))
  rmSync(temporary)
}

function copy(object: string, path: string | Buffer, mode: number): void {
  const source = openSync(object, 'r')
  try {
    const length = readSync(source, buffer, 0, buffer.length, 0)
    if (length === buffer.length) return copyLarge(object, path, mode)
    const target = openSync(path, 'wx', mode)
    try {
      writeAll(target, buffer.subarray(0, length))
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function copyLarge(object: string, path: string | Buffer, mode: number): void {
  copyFileSync(object, path, constants.COPYFILE_EXCL)
  chmodSync(path, mode & ~process.umask())
}
