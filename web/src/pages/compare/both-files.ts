import type { ArtifactFile } from '../../../../src/edges/http/contract.ts'

/** A file or folder that one of two runs has, or both. */
export interface BothFile {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  /** Bytes; `undefined` where that run has none of it, `null` of a folder. */
  readonly left: number | null | undefined
  readonly right: number | null | undefined
}

/** Folders first, then by name. */
export function bothFiles(
  left: readonly ArtifactFile[],
  right: readonly ArtifactFile[],
): readonly BothFile[] {
  const [lefts, rights] = [byPath(left), byPath(right)]
  return [...new Set([...lefts.keys(), ...rights.keys()])]
    .flatMap((path): readonly BothFile[] => {
      const known = lefts.get(path) ?? rights.get(path)
      if (known === undefined) return []
      const { name, is_folder: isFolder } = known
      return [{ path, name, isFolder, left: lefts.get(path)?.size, right: rights.get(path)?.size }]
    })
    .toSorted(
      (a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name, 'en'),
    )
}

function byPath(files: readonly ArtifactFile[]): ReadonlyMap<string, ArtifactFile> {
  return new Map(files.map((file) => [file.path, file]))
}

/** What is known before anyone has read them. */
export function standingOf({ left, right, isFolder }: BothFile): string {
  if (left === undefined) return 'only on the right'
  if (right === undefined) return 'only on the left'
  if (isFolder) return ''
  return left === right ? 'same size' : 'different size'
}
