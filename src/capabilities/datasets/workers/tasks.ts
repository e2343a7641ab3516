import type { LinkType } from '../config.ts'
import type { Copies } from '../objects/object-store.ts'

/** Hashes files and, when there is a folder to write to, copies them, reading each once. */
export interface TakeIn {
  readonly kind: 'take-in'
  readonly sources: readonly string[]
  /** Where copies are written to; null only hashes. */
  readonly copies: Copies | null
  /** The store that the copies are for: what it has already is hashed and not copied again. Null when it has none of them. */
  readonly store: string | null
  /** How the files were when they were looked at. One that still is so after reading did not change meanwhile. */
  readonly signatures: Float64Array | null
  /** Hashes that the files must have, one after the other. */
  readonly expected: string | null
  /** DVC 2: line ends of texts are made Unix's before hashing. */
  readonly legacy: boolean
  /** Where large files are copied to for the workspace too, under the name of their hash. */
  readonly ahead: string | null
}

/** Of the first files of a task: where they are large, the rest is left for another turn. */
export interface TakenIn {
  /** 32 digits a file. */
  readonly oids: string
  readonly signatures: Float64Array
  /** 1 where a copy was written. */
  readonly copied: Uint8Array
  readonly bytes: number
}

/** Moves copies from where they were written to where their names are read. */
export interface Publish {
  readonly kind: 'publish'
  readonly copies: Copies
  readonly store: string
  /** 32 digits a file. */
  readonly oids: string
  /** Each file is synced before it gets its name; false when the file system was synced as a whole. */
  readonly sync: boolean
}

/** Puts objects at their places in the workspace. */
export interface Place {
  readonly kind: 'place'
  readonly root: string
  readonly objects: readonly string[]
  readonly targets: readonly string[]
  readonly linkTypes: readonly LinkType[]
  readonly isexec: boolean
  /** Start of the names of unfinished files. */
  readonly temporary: string
  /** The targets lie in a folder that nobody looks at yet, so they may be half for a while. */
  readonly unseen: boolean
  /** Where copies of large objects may lie that only want to be moved. */
  readonly ahead: string | null
}

export interface Placed {
  readonly signatures: Float64Array
}

/** Looks at files without reading them. */
export interface Look {
  readonly kind: 'look'
  /** Absolute; the names start there. */
  readonly folder: string
  /** Parted by zero bytes; an empty one stands for a file that is not asked about. */
  readonly names: string
}

export interface Looked {
  readonly signatures: Float64Array
}

export type Task = TakeIn | Publish | Place | Look
export type Result<T extends Task> = T extends TakeIn
  ? TakenIn
  : T extends Place
    ? Placed
    : T extends Look
      ? Looked
      : null

/** Why a file could not be dealt with: a code of the operating system, or one of these. */
export interface TaskFault {
  readonly code: 'CHANGED' | 'CORRUPT' | 'UNREADABLE' | 'IRREGULAR' | 'OUTSIDE' | (string & {})
  readonly path: string
  readonly detail: string
}

/** Thrown inside a task, told to the caller as data: errors lose their class between threads. */
export class TaskError extends Error {
  readonly fault: TaskFault
  constructor(fault: TaskFault, cause?: unknown) {
    super(fault.detail, { cause })
    this.fault = fault
  }
}

export function faultOf(error: unknown, path: string): TaskFault {
  if (error instanceof TaskError) return error.fault
  const { code, message } = error as { code?: string; message?: string }
  return { code: code ?? 'UNKNOWN', path, detail: message ?? String(error) }
}
