import { isUtf8 } from 'node:buffer'
import { servingErrors } from '../../capabilities/serving/index.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

/**
 * A request's body as JSON. Integers past 2^53 come as bigint, so that no digit of an INT64 is lost.
 * Throws SERVING_REQUEST_INVALID on bytes that are no UTF-8 and on text that is no JSON, NaN included.
 */
export function parseBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes))
    throw servingErrors.SERVING_REQUEST_INVALID({ detail: 'the body is not UTF-8' })
  const text = bytes.toString('utf8')
  try {
    return hasWideInteger(text) ? JSON.parse(text, exactIntegers) : JSON.parse(text)
  } catch (error) {
    const detail = error instanceof SyntaxError ? error.message : 'the JSON is nested too deeply'
    throw servingErrors.SERVING_REQUEST_INVALID({ detail: `the body is not JSON: ${detail}` })
  }
}

// Reading with a function for each value costs five times as much, so only where it can matter.
function hasWideInteger(text: string): boolean {
  return /(?<![\d.])\d{16}/.test(text)
}

function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

/** Throws SERVING_REQUEST_INVALID unless the value is an object. */
export function asRecord(value: unknown, path: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonRecord
  throw servingErrors.SERVING_REQUEST_INVALID({ detail: 'an object was expected', path })
}

/** Throws SERVING_REQUEST_INVALID unless the value is an array. */
export function asArray(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[]
  throw servingErrors.SERVING_REQUEST_INVALID({ detail: 'an array was expected', path })
}

/** Throws SERVING_REQUEST_INVALID unless the value is text of 1 to `longest` characters. */
export function asText(value: unknown, path: string, longest = 1000): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value
  throw servingErrors.SERVING_REQUEST_INVALID({
    detail: `a text of 1 to ${longest} characters was expected`,
    path,
  })
}
