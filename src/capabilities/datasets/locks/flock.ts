import { spawn } from 'node:child_process'
import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { platform } from 'node:os'
import { dirname } from 'node:path'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'

/** A lock of the kernel on a file, as DVC takes it. It ends with the process, however that ends. */
export interface HeldLock {
  readonly release: () => void
}

/**
 * Tries once to take flock(2) on a file; null when another process has it. Node cannot call flock, but a lock
 * belongs to the open file, not to the process that asked: a child that is given our open file locks it for us and
 * may end. See docs/decisions/0007-dvcs-own-lock.md.
 * @throws DATASET_LOCK_UNAVAILABLE
 */
export async function tryFlock(path: string): Promise<HeldLock | null> {
  const file = openLocked(path)
  if (file === null) return null
  try {
    if (!hasExclusiveOpen() && !(await lockOpenFile(file))) {
      closeSync(file)
      return null
    }
    ftruncateSync(file, 0)
    // What DVC's zc.lockfile writes.
    writeSync(file, ` ${process.pid}\n`)
    return { release: () => closeSync(file) }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

// macOS and the BSDs lock while opening.
const O_EXLOCK = 0x20

function hasExclusiveOpen(): boolean {
  return platform() === 'darwin' || platform().endsWith('bsd')
}

function openLocked(path: string): number | null {
  const extra = hasExclusiveOpen() ? O_EXLOCK | constants.O_NONBLOCK : 0
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, constants.O_RDWR | constants.O_CREAT | extra, 0o666)
  } catch (error) {
    if (extra !== 0 && (error as { code?: string }).code === 'EAGAIN') return null
    throw storageError(error)
  }
}

// The first that is installed: util-linux or BusyBox; Perl is part of every Debian.
const LOCKERS: readonly (readonly [string, ...string[]])[] = [
  ['flock', '-x', '-n', '3'],
  [
    'perl',
    '-e',
    'use Fcntl ":flock"; open(my $f, "+<&=", 3) or exit 2; exit(flock($f, LOCK_EX | LOCK_NB) ? 0 : 1)',
  ],
]

async function lockOpenFile(file: number): Promise<boolean> {
  for (const [command, ...args] of LOCKERS) {
    const code = await exitCode(command, args, file)
    if (code === 0) return true
    if (code === 1) return false
  }
  throw datasetErrors.DATASET_LOCK_UNAVAILABLE({
    detail: `none of ${LOCKERS.map(([command]) => command).join(', ')} is installed`,
  })
}

function exitCode(command: string, args: readonly string[], file: number): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', file] })
    child.on('error', () => resolve(null))
    child.on('close', (code) => resolve(code))
  })
}

/** The process that wrote its number last, for people. */
export function lockHolder(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim())
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}
