import type { Pool } from '../workers/pool.ts'
import type { TakenIn } from '../workers/tasks.ts'
import { takeOneLarge } from './take-large.ts'
import type { Intake } from './intake.ts'

/** Many files to hash, and to store where an intake is given. */
export interface TakeAllRequest {
  readonly pool: Pool
  readonly count: number
  readonly sourceAt: (index: number) => string
  readonly sizeAt: (index: number) => number
  /** Hashes that the files must have. */
  readonly expectedAt?: ((index: number) => string) | undefined
  readonly legacy?: boolean | undefined
  /** Null only hashes. */
  readonly intake: Intake | null
  readonly signal?: AbortSignal | undefined
  /** Told once for every run of files, in any order. */
  readonly onTaken: (from: number, taken: TakenIn) => void
}

const FILES_A_BATCH = 256
const BYTES_A_BATCH = 8 << 20
const LARGE = 8 << 20

/**
 * Hashes files in batches side by side; what is copied is handed to the intake, which gives the names.
 * @throws the first fault; then nothing more is begun
 */
export async function takeAll(request: TakeAllRequest): Promise<void> {
  if (request.count === 1 && request.sizeAt(0) >= LARGE) return takeOneLarge(request)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < request.count) {
      request.signal?.throwIfAborted()
      const from = next
      next = batchEnd(request, from)
      await takeBatch(request, from, next)
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

function batchEnd({ count, sizeAt }: TakeAllRequest, from: number): number {
  let bytes = sizeAt(from)
  let end = from + 1
  while (end < count && end - from < FILES_A_BATCH && bytes < BYTES_A_BATCH) bytes += sizeAt(end++)
  return end
}

async function takeBatch(request: TakeAllRequest, from: number, until: number): Promise<void> {
  const { intake, pool, sourceAt, expectedAt, legacy = false } = request
  const places = Array.from({ length: until - from }, (_, place) => from + place)
  const temporary = intake === null ? null : intake.nextTemporary()
  const taken = await pool.run({
    kind: 'take-in',
    sources: places.map(sourceAt),
    temporary,
    store: intake?.store ?? null,
    expected: expectedAt === undefined ? null : places.map(expectedAt).join(''),
    legacy,
  })
  if (intake !== null && temporary !== null) await intake.accept(temporary, taken)
  request.onTaken(from, taken)
}
