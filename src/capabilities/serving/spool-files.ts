import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The spool is a row of append-only files, `000000000001.log` and so on, one JSON record a line. The data plane
 * appends to the highest and syncs before it answers; the control plane reads from its cursor and deletes
 * what it has taken. The highest file is never deleted, so numbers never repeat.
 */
const SEGMENT = /^(\d{12})\.log$/

export function segmentPath(dir: string, segment: number): string {
  return join(dir, `${String(segment).padStart(12, '0')}.log`)
}

/** Numbers of the segments that exist, ascending; none when there is no folder. */
export function listSegments(dir: string): readonly number[] {
  let names: readonly string[]
  try {
    names = readdirSync(dir)
  } catch {
    return []
  }
  return names
    .flatMap((name) => {
      const digits = SEGMENT.exec(name)?.[1]
      return digits === undefined ? [] : [Number(digits)]
    })
    .toSorted((a, b) => a - b)
}

/** A place in the spool: everything before `offset` (bytes) in `segment`, and all earlier segments, is past. */
export interface SpoolCursor {
  readonly segment: number
  readonly offset: number
}

export const SPOOL_START: SpoolCursor = { segment: 0, offset: 0 }
