import { type ExitCode, RatchetError } from '../../../base/errors.ts'

/** An error as data, since errors lose their class between threads. */
export type Fault =
  | {
      readonly kind: 'known'
      readonly code: string
      readonly status: number
      readonly exit: ExitCode
      readonly title: string
      readonly detail: string
      readonly path: string | undefined
      readonly next: string
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined }

export function toFault(error: unknown): Fault {
  if (error instanceof RatchetError) {
    const { code, status, exit, title, detail, path, next } = error
    return { kind: 'known', code, status, exit, title, detail, path, next }
  }
  if (error instanceof Error) return { kind: 'other', message: error.message, stack: error.stack }
  return { kind: 'other', message: String(error), stack: undefined }
}

/** The same error again, of the table where it was of the table. */
export function toError(fault: Fault): Error {
  if (fault.kind === 'known') {
    const { code, status, exit, title, next, detail, path } = fault
    return new RatchetError(code, { status, exit, title, next }, { detail, path })
  }
  const error = new Error(fault.message)
  if (fault.stack !== undefined) error.stack = fault.stack
  return error
}
