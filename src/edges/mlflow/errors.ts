import { RatchetError } from '../../base/errors.ts'

type ErrorCode =
  | 'BAD_REQUEST'
  | 'ENDPOINT_NOT_FOUND'
  | 'INTERNAL_ERROR'
  | 'INVALID_PARAMETER_VALUE'
  | 'INVALID_STATE'
  | 'NOT_IMPLEMENTED'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'TEMPORARILY_UNAVAILABLE'

/** MLflow's HTTP status, SQLSTATE and class of each code: mlflow/exceptions.py and error_classification.py, 3.17. */
const CODES: Readonly<
  Record<ErrorCode, { status: number; sqlstate?: string; errorClass?: string }>
> = {
  BAD_REQUEST: { status: 400, sqlstate: 'KAM00', errorClass: 'INVALID_PARAMETER_VALUE' },
  ENDPOINT_NOT_FOUND: { status: 404, sqlstate: 'KAM00', errorClass: 'RESOURCE_NOT_FOUND' },
  INTERNAL_ERROR: { status: 500, sqlstate: 'XXM00', errorClass: 'CLIENT_INTERNAL_ERROR' },
  INVALID_PARAMETER_VALUE: {
    status: 400,
    sqlstate: 'KAM00',
    errorClass: 'INVALID_PARAMETER_VALUE',
  },
  INVALID_STATE: { status: 500, sqlstate: 'XXM00', errorClass: 'CLIENT_INTERNAL_ERROR' },
  NOT_IMPLEMENTED: { status: 501 },
  PERMISSION_DENIED: { status: 403, sqlstate: 'KAM00', errorClass: 'PERMISSION_DENIED' },
  RESOURCE_ALREADY_EXISTS: {
    status: 400,
    sqlstate: 'KAM00',
    errorClass: 'RESOURCE_ALREADY_EXISTS',
  },
  RESOURCE_DOES_NOT_EXIST: { status: 404, sqlstate: 'KAM00', errorClass: 'RESOURCE_NOT_FOUND' },
  TEMPORARILY_UNAVAILABLE: {
    status: 503,
    sqlstate: 'XXM00',
    errorClass: 'CLIENT_INTERNAL_ERROR',
  },
}

const OURS: Readonly<Record<string, ErrorCode>> = {
  ARTIFACT_PATH_INVALID: 'INVALID_PARAMETER_VALUE',
  ARTIFACT_RANGE: 'INVALID_PARAMETER_VALUE',
  ARTIFACT_UNKNOWN: 'RESOURCE_DOES_NOT_EXIST',
  CROSS_SITE: 'PERMISSION_DENIED',
  FILTER_INVALID: 'INVALID_PARAMETER_VALUE',
  REGISTRY_ALIAS_UNKNOWN: 'INVALID_PARAMETER_VALUE',
  REGISTRY_EXISTS: 'RESOURCE_ALREADY_EXISTS',
  REGISTRY_INVALID: 'INVALID_PARAMETER_VALUE',
  REGISTRY_SOURCE_HOST: 'INTERNAL_ERROR',
  REGISTRY_STAGE: 'INTERNAL_ERROR',
  REGISTRY_UNKNOWN: 'RESOURCE_DOES_NOT_EXIST',
  STORAGE_TEXT: 'INVALID_PARAMETER_VALUE',
  TRACKING_EXISTS: 'RESOURCE_ALREADY_EXISTS',
  TRACKING_INVALID: 'INVALID_PARAMETER_VALUE',
  TRACKING_STATE: 'INVALID_STATE',
  TRACKING_UNKNOWN: 'RESOURCE_DOES_NOT_EXIST',
}

/** What a request asks for that MLflow's protocol answers by one of its codes. */
export class ProtocolError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface ErrorAnswer {
  readonly status: number
  readonly body: {
    readonly error_code: ErrorCode
    readonly message: string
    readonly sqlstate?: string
    readonly error_class?: string
  }
}

/** Any failure in MLflow's words; what we did not foresee says nothing about our insides. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof ProtocolError) return answer(error.code, error.message)
  if (error instanceof RatchetError) return answer(codeOf(error), messageOf(error))
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return answer('BAD_REQUEST', String(message))
  return answer('INTERNAL_ERROR', 'Ratchet failed at this request; its log has the details.')
}

/** MLflow answers some faults of the caller with 500, and a caller may hang up: not worth a line in our log. */
export function isOurFault(error: unknown): boolean {
  if ((error as { code?: unknown }).code === 'ECONNRESET') return false
  return !(error instanceof RatchetError && error.status < 500)
}

// A client repeats a 5xx for minutes before it says anything, so only what may pass by itself is one.
function codeOf({ code, status }: RatchetError): ErrorCode {
  const known = OURS[code]
  if (known !== undefined) return known
  if (status === 507 || status === 503) return 'TEMPORARILY_UNAVAILABLE'
  if (status === 404) return 'RESOURCE_DOES_NOT_EXIST'
  return status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR'
}

// Errors that MLflow knows keep its wording; the others say what they are and what to do.
function messageOf(error: RatchetError): string {
  if (OURS[error.code] !== undefined) return error.detail
  return `${error.title} ${error.detail} ${error.next} (${error.code})`
}

function answer(code: ErrorCode, message: string): ErrorAnswer {
  const { status, sqlstate, errorClass } = CODES[code]
  return {
    status,
    body: {
      error_code: code,
      message,
      ...(sqlstate === undefined ? {} : { sqlstate }),
      ...(errorClass === undefined ? {} : { error_class: errorClass }),
    },
  }
}
