import { setTimeout as wait } from 'node:timers/promises'
import { RatchetError } from '../../../base/errors.ts'
import { statusOf } from './faults.ts'
import type { CallOptions } from './port.ts'

const ATTEMPTS = 5
const FIRST_WAIT_MS = 200

export interface RetryOptions extends CallOptions {
  readonly attempts?: number
}

/** Tries again, ever later, while the remote cannot be reached. Refusals and wrong bytes are not tried again. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { signal, attempts = ATTEMPTS }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!mayPass(error) || attempt === attempts) throw error
      await wait(FIRST_WAIT_MS * 2 ** (attempt - 1), null, { signal }).catch(() => null)
    }
  }
}

// A bucket that is not there does not come while we wait.
function mayPass(error: unknown): boolean {
  return (
    error instanceof RatchetError &&
    error.code === 'DATASET_REMOTE_UNREACHABLE' &&
    statusOf(error.cause) !== 404
  )
}
