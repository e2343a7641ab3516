import { RatchetError } from '../../../base/errors.ts'
import type { CallOptions } from './port.ts'

const ATTEMPTS = 5
const FIRST_WAIT_MS = 200

/** Tries again, ever later, while the remote cannot be reached. Refusals and wrong bytes are not tried again. */
export async function withRetries<T>(work: () => Promise<T>, { signal }: CallOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      const passing = error instanceof RatchetError && error.code === 'DATASET_REMOTE_UNREACHABLE'
      if (!passing || attempt === ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)))
    }
  }
}
