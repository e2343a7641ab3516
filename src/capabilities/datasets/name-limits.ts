import { statSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { datasetErrors } from './errors.ts'

// What the kernels take, without the closing zero.
const LONGEST_PATH = platform() === 'linux' ? 4095 : 1023
const LONGEST_NAME = 255

/** @throws DATASET_NAME_TOO_LONG for a path that no call of the file system takes */
export function refuseTooLong(absolute: string): void {
  // Of three bytes a character at most, short ones need no counting.
  if (absolute.length <= LONGEST_NAME / 3) return
  const bytes = Buffer.byteLength(absolute)
  if (bytes > LONGEST_PATH)
    throw tooLong(absolute, `a path of ${bytes} bytes; ${LONGEST_PATH} are allowed here`)
  const name = absolute.split('/').find((part) => Buffer.byteLength(part) > LONGEST_NAME)
  if (name === undefined) return
  const detail = `a name of ${Buffer.byteLength(name)} bytes; ${LONGEST_NAME} are allowed`
  throw tooLong(absolute, detail)
}

function tooLong(path: string, detail: string) {
  const end = path.slice(-60)
  return datasetErrors.DATASET_NAME_TOO_LONG({ detail: `…${end}: ${detail}`, path: end })
}

/** What a file system takes for one name. */
export interface NameFolding {
  readonly ignoresCase: boolean
  /** `é` as one character and as two. */
  readonly ignoresForm: boolean
}

/** How the file system of a project treats names. Nothing is written to find out. */
export function nameFolding(root: string): NameFolding {
  const here = statSync(join(root, '.dvc'), { throwIfNoEntry: false })
  const other = statSync(join(root, '.DVC'), { throwIfNoEntry: false })
  const ignoresCase = here !== undefined && other?.ino === here.ino && other.dev === here.dev
  return { ignoresCase, ignoresForm: platform() === 'darwin' }
}

/** One spelling for all names that such a file system takes for one. */
export function foldName(name: string, { ignoresCase, ignoresForm }: NameFolding): string {
  const form = ignoresForm ? name.normalize('NFC') : name
  return ignoresCase ? form.toLowerCase() : form
}

/**
 * Names that can be taken away while others stay: not those that are only another spelling of one that stays, where both
 * are one file.
 */
export function withoutSpellings(
  going: readonly string[],
  staying: Iterable<string>,
  folding: NameFolding,
): readonly string[] {
  if (going.length === 0 || (!folding.ignoresCase && !folding.ignoresForm)) return going
  const kept = new Set<string>()
  for (const name of staying) kept.add(foldName(name, folding))
  return going.filter((name) => !kept.has(foldName(name, folding)))
}

/** Two of the names that would be one file or folder; null when all differ. */
export function findCollision(
  names: readonly string[],
  folding: NameFolding,
): readonly [string, string] | null {
  if (!folding.ignoresCase && !folding.ignoresForm) return null
  const known = new Map<string, string>()
  for (const name of names) {
    let at = name.indexOf('/')
    for (; ; at = name.indexOf('/', at + 1)) {
      const part = at === -1 ? name : name.slice(0, at)
      const folded = foldName(part, folding)
      const first = known.get(folded)
      if (first !== undefined && first !== part) return [first, part]
      known.set(folded, part)
      if (at === -1) break
    }
  }
  return null
}

/** @throws DATASET_NAMES_COLLIDE where two of the names cannot both be made */
export function refuseCollisions(root: string, names: readonly string[], within: string): void {
  const found = findCollision(names, nameFolding(root))
  if (found === null) return
  const [first, second] = found.map((name) => JSON.stringify(name))
  throw datasetErrors.DATASET_NAMES_COLLIDE({
    detail: `${first ?? ''} and ${second ?? ''} of ${within}`,
    path: within,
  })
}
