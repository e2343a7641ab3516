import type { CallOptions } from './port.ts'

/** How long a store may send and take nothing before a call is given up. That of botocore, as for S3. */
export const SILENT_MS = 60_000

export interface Listening extends CallOptions {
  readonly silentMs: number
}

/**
 * A call to a store whose library waits for ever: given up when nothing moves for too long. `heard` is told of every byte
 * that moves, so that a slow line is no fault. The signal stops the call for either reason.
 * @throws an error with code ETIMEDOUT, and what the call throws
 */
export async function whileHeard<T>(
  { silentMs, signal }: Listening,
  call: (signal: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  const silence = new AbortController()
  const both = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal])
  const timer = setTimeout(() => silence.abort(silent(silentMs)), silentMs)
  // Some libraries cannot be stopped: then nobody waits for them any more.
  const stopped = new Promise<never>((_, reject) =>
    both.addEventListener('abort', () => reject(both.reason as Error), { once: true }),
  )
  try {
    both.throwIfAborted()
    return await Promise.race([call(both, () => void timer.refresh()), stopped])
  } catch (error) {
    // What the library says of being stopped tells nothing of why.
    throw both.aborted ? both.reason : error
  } finally {
    clearTimeout(timer)
  }
}

function silent(silentMs: number): Error {
  return Object.assign(new Error(`nothing came for ${silentMs / 1000} s`), { code: 'ETIMEDOUT' })
}
