import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix =
  | 'alr'
  | 'chg'
  | 'data'
  | 'dec'
  | 'evt'
  | 'fb'
  | 'gate'
  | 'job'
  | 'pred'
  | 'rol'
  | 'rpt'
  | 'run'

let lastMs = -1
let lastRandom = 0n

/**
 * A sortable identifier: prefix and 26 characters of Crockford base 32, 48 bits of time and 80 of chance.
 * Within one millisecond the random part counts up, so ids made in sequence sort in sequence.
 */
export function createId<P extends IdPrefix>(prefix: P, nowMs: number): `${P}_${string}` {
  const ms = Math.max(0, Math.floor(nowMs))
  lastRandom = ms === lastMs ? lastRandom + 1n : randomBits()
  lastMs = ms
  return `${prefix}_${encode(BigInt(ms), 10)}${encode(lastRandom, 16)}`
}

// One bit of 80 stays free, so that counting up within a millisecond cannot overflow.
function randomBits(): bigint {
  return BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n
}

function encode(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let index = 0; index < length; index++) {
    text = ALPHABET.charAt(Number(rest & 31n)) + text
    rest >>= 5n
  }
  return text
}
