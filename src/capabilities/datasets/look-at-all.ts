import type { Stats } from 'node:fs'
import type { DataProject } from './project.ts'
import { type BrokenLinks, type FoundFile, walkFiles } from './walk.ts'
import type { Pool } from './workers/pool.ts'
import { setSignature, SIGNATURE_WORDS } from './workers/signature.ts'

/** The files of a folder as they are, in the order of a walk. */
export interface FolderLook {
  readonly relpaths: readonly string[]
  readonly signatures: Float64Array
}

// A thread takes as long to start as it takes to look at so many.
const MANY = 10_000
const FILES_HERE = 512
const FILES_A_THREAD = 8192

/** Looks at every file of a folder without reading any; where there are many, in threads and here at once. @throws as `walkFiles` */
export async function lookAtAll(
  project: DataProject,
  folder: string,
  expected = 0,
  brokenLinks?: BrokenLinks,
): Promise<FolderLook> {
  if (expected >= MANY) project.poolFor(expected, 0).warm()
  const relpaths: string[] = []
  const links = new Map<number, Stats>()
  const visit = ({ relpath, linked }: FoundFile): void => {
    if (linked !== null) links.set(relpaths.length, linked)
    relpaths.push(relpath)
  }
  walkFiles(project, folder, visit, brokenLinks)
  const signatures = new Float64Array(SIGNATURE_WORDS * relpaths.length)
  await lookInParts(project, { folder: `${project.root}/${folder}`, relpaths, links, signatures })
  for (const [index, stats] of links) setSignature(signatures, index, stats)
  return { relpaths, signatures }
}

interface Looking extends FolderLook {
  /** Absolute. */
  readonly folder: string
  readonly links: ReadonlyMap<number, Stats>
}

async function lookInParts(project: DataProject, looking: Looking): Promise<void> {
  const { folder, relpaths, links, signatures } = looking
  const count = relpaths.length
  let next = 0
  const work = async (pool: Pool, most: number): Promise<void> => {
    while (next < count) {
      const from = next
      // Ever smaller towards the end, where who has too much is waited for.
      next += Math.min(most, Math.ceil((count - from) / 4))
      const part = relpaths.slice(from, next)
      const named =
        links.size === 0 ? part : part.map((name, at) => (links.has(from + at) ? '' : name))
      const seen = await pool.run({ kind: 'look', folder, names: named.join('\0') })
      signatures.set(seen.signatures, SIGNATURE_WORDS * from)
      // What the threads have answered is heard.
      if (count >= MANY) await new Promise(setImmediate)
    }
  }
  const threads = project.poolFor(count, 0)
  const beside = count < MANY ? 0 : threads.size - 1
  const all = Array.from({ length: beside }, () => work(threads, FILES_A_THREAD))
  // Every one of them has ended before a fault is told: nothing goes on behind the back of who hears it.
  const results = await Promise.allSettled([work(project.poolFor(0, 0), FILES_HERE), ...all])
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
