import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type CallOptions, eachAtOnce } from '../remotes/port.ts'

/** A file of a source while it is on this machine. */
export interface HeldFile {
  /** Below the source; null where the source is this one file. */
  readonly relpath: string | null
  /** Absolute. Nobody keeps it: it may be gone once it has been looked at. */
  readonly path: string
}

export interface HoldOptions extends CallOptions {
  /** For what has to be brought: of the files under way only. */
  readonly folder: string
  /** How many at once. */
  readonly jobs: number
}

/** Looks at each file of a source, and never needs room for more than those under way. */
export type EachFile = (
  use: (file: HeldFile) => Promise<void>,
  options: HoldOptions,
) => Promise<void>

/** Brings files one by one, lets each be looked at, and removes it. */
export async function holdEach(
  relpaths: readonly (string | null)[],
  receive: (relpath: string | null, target: string) => Promise<void>,
  ...[use, { folder, ...atOnce }]: Parameters<EachFile>
): Promise<void> {
  await eachAtOnce(relpaths.entries(), atOnce, async ([index, relpath]) => {
    const path = join(folder, String(index))
    try {
      await receive(relpath, path)
      await use({ relpath, path })
    } finally {
      rmSync(path, { force: true })
    }
  })
}
