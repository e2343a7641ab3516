import { posix } from 'node:path'
import { trackingErrors } from './errors.ts'

/** MLflow's limits and words: mlflow/utils/validation.py, 3.17. Clients and their tests match on these texts. */
export const KEY_LENGTH = 250
export const PARAM_VALUE_LENGTH = 6000
export const RUN_TAG_VALUE_LENGTH = 8000

const BAD_CHARACTERS =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).'

export function invalid(detail: string): Error {
  return trackingErrors.TRACKING_INVALID({ detail })
}

export function missingValue(path: string): Error {
  return invalid(`Missing value for required parameter '${path}'.`)
}

export function invalidValue(path: string, value: unknown, message?: string): Error {
  const supplied = `Invalid value ${JSON.stringify(value)} for parameter '${path}' supplied`
  return invalid(message === undefined ? `${supplied}.` : `${supplied}: ${message}`)
}

/** Keys of params, metrics and tags: a relative path of word characters. */
export function checkKey(key: string, path: string): void {
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(key)) throw invalidValue(path, key, BAD_CHARACTERS)
  if (isOtherPath(key)) throw invalidValue(path, key, otherPathMessage(key))
}

/** Whether the name means something else when it is taken for a path. */
export function isOtherPath(name: string): boolean {
  const normal = normalPath(name)
  return normal !== name || normal === '.' || normal.startsWith('..') || normal.startsWith('/')
}

export function otherPathMessage(name: string): string {
  return `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normalPath(name)}'`
}

// Python's posixpath.normpath drops a slash at the end, Node's keeps it.
function normalPath(name: string): string {
  const normal = posix.normalize(name)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

export function checkLength(what: string, limit: number, value: string): void {
  if (value.length > limit)
    throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`)
}

export function checkRunId(runId: string, path = 'run_id'): void {
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(runId)) throw invalidValue(path, runId)
}
