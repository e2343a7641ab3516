import { statSync } from 'node:fs'
import { fsPath } from '../file-names.ts'
import type { Pool } from '../workers/pool.ts'
import { SIGNATURE_WORDS } from '../workers/signature.ts'
import type { TakeIn, TakenIn } from '../workers/tasks.ts'
import { type Ahead, aheadFolder } from './copy-ahead.ts'
import type { Intake } from './intake.ts'
import { takeOneLarge } from './take-large.ts'

/** Many files to hash, and to store where an intake is given. */
export interface TakeAllRequest {
  readonly pool: Pool
  readonly count: number
  readonly sourceAt: (index: number) => string
  /** Hashes that the files must have. */
  readonly expectedAt?: ((index: number) => string) | undefined
  /** Writes how a file was when it was looked at; what still is so is not watched while it is read. */
  readonly signatureAt?: ((index: number, into: Float64Array, place: number) => void) | undefined
  readonly legacy?: boolean | undefined
  /** Null only hashes. */
  readonly intake: Intake | null
  /** The store has none of the files: nobody need ask. */
  readonly areNew?: boolean | undefined
  /** Large ones among so many of the first files are copied for the workspace too. */
  readonly ahead?: Ahead | undefined
  readonly signal?: AbortSignal | undefined
  /** Told once for every run of files, in any order. */
  readonly onTaken: (from: number, taken: TakenIn) => void
}

/** Asked of few files only: for many it is not worth knowing. */
export function bytesOf(count: number, pathAt: (index: number) => string): number {
  let bytes = 0
  for (let index = 0; index < count; index++) bytes += statSync(fsPath(pathAt(index))).size
  return bytes
}

const FILES_A_BATCH = 256
const LARGE = 8 << 20

/**
 * Hashes files in batches side by side; what is copied is handed to the intake, which gives the names.
 * @throws the first fault; then nothing more is begun
 */
export async function takeAll(request: TakeAllRequest): Promise<void> {
  if (request.count === 1 && statSync(fsPath(request.sourceAt(0))).size >= LARGE)
    return takeOneLarge(request)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < request.count) {
      let from = next
      const until = (next += batchSize(request, from))
      while (from < until) {
        request.signal?.throwIfAborted()
        from += await takeBatch(request, from, until)
      }
    }
  }
  // A thread that has finished a batch finds the next one waiting.
  const results = await Promise.allSettled(
    Array.from({ length: 2 * request.pool.size }, async () => {
      try {
        await work()
      } catch (error) {
        next = request.count
        throw error
      }
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

// Ever smaller towards the end, where a thread that is given too much is waited for; how large the files are is not known.
function batchSize({ count, pool }: TakeAllRequest, from: number): number {
  const left = count - from
  return Math.min(left, FILES_A_BATCH, Math.max(1, Math.ceil(left / (8 * pool.size))))
}

async function takeBatch(request: TakeAllRequest, from: number, until: number): Promise<number> {
  const { intake, pool, sourceAt, expectedAt, areNew = false, legacy = false } = request
  const places = Array.from({ length: until - from }, (_, place) => from + place)
  const batch = intake?.begin() ?? null
  const task: TakeIn = {
    kind: 'take-in',
    sources: places.map(sourceAt),
    copies: batch?.copies ?? null,
    store: areNew ? null : (intake?.store ?? null),
    expected: expectedAt === undefined ? null : places.map(expectedAt).join(''),
    signatures: signaturesOf(request, places),
    legacy,
    ahead: aheadFolder(request.ahead, from),
  }
  const taken = await pool.run(task).catch((error: unknown) => {
    batch?.giveUp()
    throw error
  })
  await batch?.accept(taken)
  request.onTaken(from, taken)
  return taken.copied.length
}

function signaturesOf(
  { signatureAt }: TakeAllRequest,
  places: readonly number[],
): Float64Array | null {
  if (signatureAt === undefined) return null
  const signatures = new Float64Array(SIGNATURE_WORDS * places.length)
  for (const [place, index] of places.entries()) signatureAt(index, signatures, place)
  return signatures
}
