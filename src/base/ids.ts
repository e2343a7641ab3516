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

// Numbers of 40 bits each: BigInt, which would hold all 80, takes ten times as long, and ids are made at every write.
const HALF = 2 ** 40

let lastMs = -1
let high = 0
let low = 0

/**
 * A sortable identifier: prefix and 26 characters of Crockford base 32, 48 bits of time and 80 of chance.
 * Within one millisecond the random part counts up, so ids made in sequence sort in sequence.
 */
export function createId<P extends IdPrefix>(prefix: P, nowMs: number): `${P}_${string}` {
  const ms = next(nowMs)
  return `${prefix}_${encode(ms, 10)}${encode(high, 8)}${encode(low, 8)}`
}

/**
 * The same as 32 hexadecimal digits, as MLflow's ids look. What is made at one time lies together in the database, so
 * that a commit changes few pages of it: by ids of mere chance each run would have pages of its own.
 */
export function createHexId(nowMs: number): string {
  const ms = next(nowMs)
  return `${hex(ms, 12)}${hex(high, 10)}${hex(low, 10)}`
}

function next(nowMs: number): number {
  const ms = Math.max(0, Math.floor(nowMs))
  if (ms === lastMs) countUp()
  else chooseByChance()
  lastMs = ms
  return ms
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0')
}

function countUp(): void {
  low += 1
  if (low < HALF) return
  low = 0
  high += 1
}

// One bit of 80 stays free, so that counting up within a millisecond cannot overflow.
function chooseByChance(): void {
  const bytes = randomBytes(10)
  high = Math.floor(bytes.readUIntBE(0, 5) / 2)
  low = bytes.readUIntBE(5, 5)
}

function encode(value: number, length: number): string {
  let rest = value
  let text = ''
  for (let index = 0; index < length; index++) {
    text = ALPHABET.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}
