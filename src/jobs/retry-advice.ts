import { errorMessage } from '../base/errors.ts'

/** A failure that knows better than the back-off when trying again makes sense. */
export class RetryAdvice extends Error {
  readonly retry: 'never' | { readonly afterMs: number }

  constructor(cause: unknown, retry: RetryAdvice['retry']) {
    super(errorMessage(cause), { cause })
    this.retry = retry
  }
}
