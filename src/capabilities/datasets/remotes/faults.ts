import { errorMessage, RatchetError } from '../../../base/errors.ts'
import { storageError } from '../../../storage/errors.ts'
import { datasetErrors } from '../errors.ts'

/** What stores and their libraries say of a fault, each in fields of its own. */
interface Told {
  readonly name?: unknown
  readonly code?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown }
}

const REFUSED =
  /AccessDenied|Forbidden|Signature|InvalidAccessKey|ExpiredToken|TokenExpired|TokenRefresh|Credentials|AuthenticationFailed|AuthorizationFailure|NoSuchKeyId|invalid_grant/i
const CORRUPT =
  /match calculated MD5|BadDigest|InvalidDigest|Md5Mismatch|ChecksumMismatch|CONTENT_DOWNLOAD_MISMATCH/i
const UNREACHABLE =
  /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|TimeoutError|NetworkingError|NoSuchBucket|ContainerNotFound|UnknownEndpoint|REQUEST_SEND_ERROR|RestError|CERT|socket hang up|network|aborted|premature close/i

export interface FaultPlace {
  /** Of the remote, without secrets. */
  readonly address: string
  readonly key?: string
  readonly signal?: AbortSignal | undefined
}

/** The HTTP status that a library's error carries; 0 where it has none. */
export function statusOf(error: unknown): number {
  const told = (error ?? {}) as Told
  const status = told.$metadata?.httpStatusCode ?? told.statusCode ?? told.status ?? told.code
  return typeof status === 'number' ? status : 0
}

/** A fault of a store as one of ours: refused, other bytes, out of reach. What we do not know stays as it is. */
export function remoteFault(error: unknown, { address, key, signal }: FaultPlace): unknown {
  if (signal?.aborted === true) return signal.reason
  if (error instanceof RatchetError) return error
  const { name, code } = (error ?? {}) as Told
  const words = `${String(name)} ${String(code)} ${errorMessage(error)}`
  const status = statusOf(error)
  const where = key === undefined ? address : `${address}: ${key}`
  const occurrence = { detail: `${where}: ${errorMessage(error)}`, cause: error }
  if (CORRUPT.test(words)) return datasetErrors.DATASET_REMOTE_CORRUPT(occurrence)
  if (status === 401 || status === 403 || REFUSED.test(words))
    return datasetErrors.DATASET_REMOTE_REFUSED(occurrence)
  if (status === 429 || status >= 500 || UNREACHABLE.test(words))
    return datasetErrors.DATASET_REMOTE_UNREACHABLE(occurrence)
  if (status >= 400)
    return datasetErrors.DATASET_REMOTE_REFUSED({
      ...occurrence,
      detail: `${where}: it answers ${status} (${errorMessage(error)})`,
      next: 'The remote does not take this request: check its address and settings in .dvc/config.',
    })
  return storageError(error)
}
