import { errorMessage, RatchetError } from '../base/errors.ts'
import { storageError } from '../storage/errors.ts'
import { mainErrors } from './errors.ts'

/** Why a plane could not start, as it goes from its process to the supervisor. */
export interface PlaneFailure extends Partial<RatchetError> {
  readonly message: string
}

/** In the plane: what is sent. */
export function describeFailure(fault: unknown): PlaneFailure {
  const error = isTaken(fault) ? taken(fault) : storageError(fault)
  if (!(error instanceof RatchetError)) return { message: errorMessage(error) }
  const { name, message, code, title, status, exit, detail, path, next } = error
  return { name, message, code, title, status, exit, detail, path, next }
}

// The port was free when the supervisor looked, and somebody took it since.
function isTaken(fault: unknown): fault is NodeJS.ErrnoException {
  return (fault as NodeJS.ErrnoException | null)?.code === 'EADDRINUSE'
}

function taken(fault: NodeJS.ErrnoException): RatchetError {
  return mainErrors.PORT_TAKEN({ detail: fault.message, cause: fault })
}

/** In the supervisor: the error that it was. */
export function failureOf(failure: PlaneFailure): Error {
  const { code, title, status, exit, detail, path, next } = failure
  if (code === undefined) return new Error(failure.message)
  const definition = {
    title: title ?? code,
    status: status ?? 500,
    exit: exit ?? 70,
    next: next ?? '',
  }
  return new RatchetError(code, definition, { detail: detail ?? '', path })
}
