import { fdatasync } from 'node:fs'
import { promisify } from 'node:util'
import { errorMessage } from '../../base/errors.ts'
import { listSegments, segmentPath, type SpoolCursor } from './spool-files.ts'
import {
  closeSegment,
  createSegment,
  NO_SEGMENT,
  repairTail,
  takeBack,
  writeBehind,
  type OpenSegment,
} from './spool-segment.ts'

export interface SpoolWriter {
  /**
   * Appends one line. Resolves true when it is on the disk, false when it could not be written; with `keep`
   * an unwritten line is held in memory (up to 8 MB) and written when the disk takes it again.
   */
  append(line: string, options: { readonly keep: boolean }): Promise<boolean>
  /** Waits for what was appended before, and says where the spool ends. */
  flush(): Promise<SpoolCursor>
  health(): SpoolHealth
  close(): Promise<void>
}

export interface SpoolHealth {
  /** Records in memory that wait for the disk. */
  readonly held: number
  /** Records given up because memory for waiting ones was full. */
  readonly lost: number
  /** The last failure, while it lasts. */
  readonly failure: string | null
}

export interface SpoolWriterOptions {
  readonly dir: string
  readonly rotateBytes?: number
  /** Replaces fdatasync in tests of a full or broken disk. */
  readonly sync?: (file: number) => Promise<void>
}

const ROTATE_BYTES = 16 * 1024 * 1024
const HELD_BYTES = 8 * 1024 * 1024
const RETRY_MS = 1000
const dataSync = promisify(fdatasync)

interface Entry {
  readonly line: string
  readonly keep: boolean
  readonly settle: (written: boolean) => void
}

interface State extends Required<SpoolWriterOptions> {
  segment: OpenSegment
  queue: Entry[]
  held: string[]
  heldBytes: number
  lost: number
  failure: string | null
  failedAt: number
  writing: Promise<void> | null
}

/** Opens the spool for the one process that writes it. A line cut off by a crash is cut away. */
export function openSpoolWriter(options: SpoolWriterOptions): SpoolWriter {
  const state = openState(options)
  const retry = setInterval(() => {
    if (state.held.length > 0) wake(state)
  }, RETRY_MS).unref()
  const append = (line: string, keep: boolean) =>
    new Promise<boolean>((settle) => {
      state.queue.push({ line, keep, settle })
      wake(state)
    })
  return {
    append: (line, { keep }) => append(`${line}\n`, keep),
    async flush() {
      // An entry of nothing: it settles with its group, also while others keep appending.
      await append('', false)
      return { segment: state.segment.number, offset: state.segment.size }
    },
    health: () => ({ held: state.held.length, lost: state.lost, failure: state.failure }),
    async close() {
      clearInterval(retry)
      await state.writing
      closeSegment(state.segment)
    },
  }
}

function openState({ dir, rotateBytes, sync }: SpoolWriterOptions): State {
  const opened = tryOpen(dir)
  return {
    dir,
    rotateBytes: rotateBytes ?? ROTATE_BYTES,
    sync: sync ?? dataSync,
    segment: opened.segment,
    queue: [],
    held: [],
    heldBytes: 0,
    lost: 0,
    failure: opened.failure,
    failedAt: 0,
    writing: null,
  }
}

/** A gateway that starts while the disk is full answers nevertheless, and opens its segment when it can. */
function tryOpen(dir: string): Pick<State, 'segment' | 'failure'> {
  const last = listSegments(dir).at(-1) ?? 0
  try {
    if (last > 0) repairTail(segmentPath(dir, last))
    return { segment: createSegment(dir, last + 1), failure: null }
  } catch (error) {
    return { segment: { ...NO_SEGMENT, number: last }, failure: errorMessage(error) }
  }
}

function wake(state: State): void {
  state.writing ??= drain(state)
}

/** All that came while the last sync ran goes into the next one: a group shares one write and one sync. */
async function drain(state: State): Promise<void> {
  // So that the first line of a turn takes those with it that come in the same turn.
  await Promise.resolve()
  do {
    const group = state.queue
    state.queue = []
    const written = await writeGroup(state, group)
    for (const { settle } of group) settle(written)
  } while (state.queue.length > 0)
  // In the same turn as the look at the queue: whoever appends next must find nobody at work.
  state.writing = null
}

async function writeGroup(state: State, group: readonly Entry[]): Promise<boolean> {
  const failing = state.failure !== null
  if (failing && performance.now() - state.failedAt < RETRY_MS) return holdBack(state, group)
  try {
    const bytes = Buffer.from([...state.held, ...group.map(({ line }) => line)].join(''))
    if (bytes.length === 0) return true
    if (failing) moveOn(state)
    writeBehind(state.segment, bytes)
    await state.sync(state.segment.file)
    const size = state.segment.size + bytes.length
    Object.assign(state, {
      segment: { ...state.segment, size },
      held: [],
      heldBytes: 0,
      failure: null,
    })
    if (size >= state.rotateBytes) moveOn(state)
    return true
  } catch (error) {
    state.failure = errorMessage(error)
    state.failedAt = performance.now()
    takeBack(state.segment)
    return holdBack(state, group)
  }
}

/**
 * Goes on in a new segment, when the old one is full, and after a failure: the reader may have seen lines that
 * were then taken back, so nothing else may ever stand in their place.
 */
function moveOn(state: State): void {
  const old = state.segment
  state.segment = createSegment(state.dir, old.number + 1)
  closeSegment(old)
}

function holdBack(state: State, group: readonly Entry[]): false {
  for (const { line, keep } of group) {
    if (!keep) continue
    if (state.heldBytes + line.length > HELD_BYTES) {
      state.lost += 1
      continue
    }
    state.held.push(line)
    state.heldBytes += line.length
  }
  return false
}
