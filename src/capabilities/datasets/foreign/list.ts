import { statSync } from 'node:fs'
import { join } from 'node:path'
import { git } from '../git.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints } from '../python-json.ts'
import { isWithin } from '../tracked/paths.ts'
import { type BringListing, filesAt, type ForeignFile } from './contents.ts'
import type { ForeignRepository } from './repository.ts'

/** One line of `ls`, with DVC's names. */
export interface ListedPath {
  readonly isout: boolean
  readonly isdir: boolean
  readonly isexec: boolean
  readonly size: number | null
  readonly md5: string | null
  /** From the folder that was listed. */
  readonly path: string
}

export interface ListRequest {
  readonly path: string
  readonly recursive?: boolean | undefined
  /** Only what DVC tracks. */
  readonly dvcOnly?: boolean | undefined
  /** With `recursive`: how many folders deep. */
  readonly depth?: number | undefined
  readonly bringListing: BringListing
}

/** What a repository has at a path, that of Git and that of DVC, sorted. @throws DATASET_NOT_FOUND */
export async function listRepository(
  project: DataProject,
  repository: ForeignRepository,
  request: ListRequest,
): Promise<readonly ListedPath[]> {
  const { path, recursive = false, dvcOnly = false, bringListing } = request
  const depth = recursive ? (request.depth ?? Number.POSITIVE_INFINITY) : 1
  const view = depth === 1 ? shallow(repository, path) : repository
  const all = await filesAt(project, view, { path, bringListing })
  const files = dvcOnly ? all.filter(({ isOut }) => isOut) : all
  const [only] = files
  if (files.length === 1 && only?.path === path) return [toLine(only, path.split('/').at(-1) ?? '')]
  const lines = new Map<string, ListedPath>()
  for (const file of files) {
    const parts = file.path.slice(path === '' ? 0 : path.length + 1).split('/')
    const name = parts.slice(0, depth).join('/')
    if (parts.length <= depth && file.size !== FOLDER) lines.set(name, toLine(file, name))
    else if (!lines.has(name)) lines.set(name, folderLine(repository, { path, name, dvcOnly }))
  }
  const sorted = [...lines.values()].toSorted((a, b) => compareCodePoints(a.path, b.path))
  return Promise.all(sorted.map((line) => withTreeSize(repository, path, line)))
}

// The size of a folder of a commit is that of Git's object.
async function withTreeSize(
  { folder, commit }: ForeignRepository,
  path: string,
  line: ListedPath,
): Promise<ListedPath> {
  if (!line.isdir || line.size !== null || commit === null) return line
  const full = path === '' ? line.path : `${path}/${line.path}`
  const { code, output } = await git(folder, ['cat-file', '-s', `${commit}:${full}`])
  return code === 0 ? { ...line, size: Number(output) } : line
}

// A tracked folder stands as one entry, so that no listing is read for what is not looked into.
const FOLDER = -1

function shallow(repository: ForeignRepository, path: string): ForeignRepository {
  const outs = repository.outs.map((out) =>
    out.hash === null || out.path === path || !isWithin(out.path, path)
      ? out
      : {
          ...out,
          hash: { ...out.hash, md5: out.hash.md5.replace(/\.dir$/, ''), ...sizeOf(out.hash) },
        },
  )
  return { ...repository, outs }
}

function sizeOf({ md5, size }: { readonly md5: string; readonly size: number }) {
  return { size: md5.endsWith('.dir') ? FOLDER : size }
}

function toLine({ isOut, isexec, size, md5, source }: ForeignFile, path: string): ListedPath {
  // Of data that is not in a workspace DVC does not say it.
  const shown = source.kind === 'cache' ? false : isexec
  return { isout: isOut, isdir: false, isexec: shown, size, md5, path }
}

function folderLine(
  { outs, folder, commit }: ForeignRepository,
  { path, name, dvcOnly }: { path: string; name: string; dvcOnly: boolean },
): ListedPath {
  const full = path === '' ? name : `${path}/${name}`
  const out = outs.find((each) => each.path === full)
  const isout = outs.some((each) => isWithin(full, each.path))
  const stats =
    commit === null && !dvcOnly
      ? statSync(join(folder, full), { throwIfNoEntry: false })
      : undefined
  const size = stats?.size ?? out?.hash?.size ?? null
  return { isout, isdir: true, isexec: false, size, md5: out?.hash?.md5 ?? null, path: name }
}

// What describes data is not counted; dvc.lock is, as DVC does.
const DESCRIBES = /(?:\.dvc|(?:^|\/)(?:dvc\.yaml|\.dvcignore))$/

/** The bytes of each entry of a folder, and of all of it. */
export async function measureRepository(
  project: DataProject,
  repository: ForeignRepository,
  { path, bringListing }: { readonly path: string; readonly bringListing: BringListing },
): Promise<{ readonly entries: readonly (readonly [string, number])[]; readonly total: number }> {
  const all = await filesAt(project, repository, { path, bringListing })
  const files = all.filter((file) => file.path === path || !DESCRIBES.test(file.path))
  const sizes = new Map<string, number>()
  const add = (name: string, size: number): void =>
    void sizes.set(name, (sizes.get(name) ?? 0) + size)
  const prefix = path === '' ? 0 : path.length + 1
  for (const file of files) {
    const size = file.size ?? 0
    const [first = ''] = file.path.slice(prefix).split('/')
    if (first !== '') add(path === '' ? first : `${path}/${first}`, size)
  }
  // Within a tracked folder only the sum is written down.
  for (const { path: name, hash } of repository.outs) {
    const inside = files.some(
      (file) => file.isOut && file.size === null && isWithin(file.path, name),
    )
    if (!inside || hash === null || !isWithin(name, path)) continue
    const [first = ''] = name.slice(prefix).split('/')
    add(path === '' ? first : `${path}/${first}`, hash.size)
  }
  const entries = [...sizes].toSorted(([a], [b]) => compareCodePoints(a, b))
  const total = files.length === 1 && files[0]?.path === path ? (files[0].size ?? 0) : sum(sizes)
  return { entries, total }
}

function sum(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((total, size) => total + size, 0)
}
