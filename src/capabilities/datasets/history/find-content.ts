import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, isCached } from '../cache.ts'
import { readDirObject } from '../dir-object.ts'
import { datasetErrors } from '../errors.ts'
import { hashPath } from '../hash-path.ts'
import type { DataProject } from '../project.ts'
import { findCommit } from '../tracked/git-objects.ts'
import { dataHistory } from './git-history.ts'
import { readTrackedOuts, type ReadStageOuts } from '../tracked/outs.ts'
import { committedRecords } from '../tracked/records.ts'

/** A content that can be read: the files it is made of, with the names that tell their format. */
export interface FoundContent {
  /** What was asked, for people. */
  readonly label: string
  readonly md5: string
  readonly files: readonly { readonly name: string; readonly path: string }[]
}

const MD5 = /^[0-9a-f]{32}(?:\.dir)?$/

/**
 * The content that is meant by `PATH` (the workspace), `PATH@REVISION`, `PATH@NAME` or `PATH@MD5`, which may be as short as
 * lists of versions show it.
 * @throws DATASET_NOT_FOUND, DATASET_NOT_IN_CACHE, DATASET_REVISION_UNKNOWN
 */
export async function findContent(
  project: DataProject,
  asked: string,
  readStageOuts: ReadStageOuts,
): Promise<FoundContent> {
  const at = asked.lastIndexOf('@')
  const [path, rev] = at > 0 ? [asked.slice(0, at), asked.slice(at + 1)] : [asked, null]
  if (rev === null) return workspaceContent(project, path)
  const ofHash = (md5: string): FoundContent => {
    const legacy = !isCached(project, md5) && isCached(project, md5, undefined, true)
    return { label: asked, md5, files: cachedFiles(project, { path, md5, legacy }) }
  }
  if (MD5.test(rev)) return ofHash(rev)
  const commit =
    (await findCommit(project.root, `refs/tags/${asked}`)) ?? (await findCommit(project.root, rev))
  if (commit === null) return ofHash(await shortHash(project, path, rev))
  const records = await committedRecords(project.root, commit)
  try {
    const outs = await readTrackedOuts(project, records, readStageOuts)
    const out = outs.find((each) => each.path === path)
    if (out?.hash === undefined || out.hash === null)
      throw datasetErrors.DATASET_NOT_FOUND({ detail: `${path} is not tracked at ${rev}`, path })
    const { md5, legacy = false } = out.hash
    return { label: asked, md5, files: cachedFiles(project, { path, md5, legacy }) }
  } finally {
    records.close()
  }
}

const SHORT_MD5 = /^[0-9a-f]{4,31}$/

async function shortHash(project: DataProject, path: string, rev: string): Promise<string> {
  const history = SHORT_MD5.test(rev) ? await dataHistory(project, { dataset: path }) : []
  const meant = [...new Set(history.map(({ md5 }) => md5).filter((md5) => md5.startsWith(rev)))]
  const [only] = meant
  if (only !== undefined && meant.length === 1) return only
  const detail =
    only === undefined
      ? `"${rev}" is no name and no hash of a version of ${path}, and Git knows no such revision`
      : `${meant.length} versions of ${path} begin with "${rev}"`
  throw datasetErrors.DATASET_REVISION_UNKNOWN({
    detail,
    next: `See \`ratchet datasets ${path}\`.`,
  })
}

async function workspaceContent(project: DataProject, path: string): Promise<FoundContent> {
  if (!existsSync(join(project.root, path)))
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `there is no ${path} in the workspace`, path })
  const { md5, entries } = await hashPath(project, path, { store: false })
  const names =
    entries === undefined ? [path] : [...entries].map(({ relpath }) => `${path}/${relpath}`)
  const files = names.map((name) => ({ name, path: join(project.root, name) }))
  return { label: path, md5, files }
}

interface Cached {
  readonly path: string
  readonly md5: string
  readonly legacy: boolean
}

function cachedFiles(project: DataProject, { path, md5, legacy }: Cached) {
  const missing = (name: string) =>
    datasetErrors.DATASET_NOT_IN_CACHE({
      detail: `${name} (${md5})`,
      path: name,
      next: `Bring it with \`ratchet fetch\` at that commit: git switch --detach COMMIT && ratchet fetch ${path}`,
    })
  if (!isCached(project, md5, undefined, legacy)) throw missing(path)
  if (!md5.endsWith('.dir')) return [{ name: path, path: cachePath(project, md5, legacy) }]
  return readDirObject(project, md5).map(({ relpath, md5: oid }) => {
    if (!isCached(project, oid, undefined, legacy)) throw missing(`${path}/${relpath}`)
    return { name: `${path}/${relpath}`, path: cachePath(project, oid, legacy) }
  })
}
