import { createHash } from 'node:crypto'

export function md5(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex')
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/**
 * A number in [0, 1) that depends on the text alone: sticky splits.
 * The first 52 bits of SHA-256, so 2^-52 is its resolution.
 */
export function unitInterval(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 13), 16) / 2 ** 52
}
