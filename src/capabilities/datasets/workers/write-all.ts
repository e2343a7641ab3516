import { writeSync } from 'node:fs'

/** Not one call: a disk that is nearly full takes a part and says nothing. */
export function writeAll(target: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at)
}
