import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { WhyNode } from '../automation/why.ts'
import {
  findByMd5,
  findDvcFiles,
  listVersions,
  openDataProject,
  readDvcFile,
} from '../capabilities/datasets/index.ts'
import type { Foundation } from './foundation.ts'
import { node } from './why-node.ts'

const HASH = /^[0-9a-f]{32}(\.dir)?$/

/** Data by its hash: as the loop recorded it, else as a `.dvc` file of the workspace has it now. */
export async function dataNode(foundation: Foundation, id: string): Promise<WhyNode | null> {
  if (!HASH.test(id)) return null
  const { database, projectRoot } = foundation
  const [version] = await findByMd5(database.query, id)
  if (version !== undefined) {
    const { dataset, nfiles, createdAt, size, commit } = version
    return node(id, 'data', {
      at: createdAt,
      sentence: `Data ${dataset}: ${contentOf(nfiles, size)}, hash ${id}`,
      causes: [commit],
    })
  }
  const found = trackedNow(projectRoot).find(({ md5 }) => md5 === id)
  if (found === undefined) return null
  return node(id, 'data', {
    sentence: `Data ${found.path}: ${contentOf(found.nfiles, found.size)}, hash ${id}`,
    causes: [commitOf(projectRoot, found.file)],
  })
}

function contentOf(nfiles: number | null, size: number): string {
  const files = nfiles === null ? '' : nfiles === 1 ? '1 file, ' : `${nfiles} files, `
  return `${files}${size.toLocaleString('en-US')} bytes`
}

/** A data set by its path, or that of its `.dvc` file: the content it has now. */
export async function dataFileNode(
  { database: { query }, projectRoot }: Foundation,
  id: string,
): Promise<WhyNode | null> {
  const path = id.replace(/^\.\//, '').replace(/\.dvc$/, '')
  const recorded = await listVersions(query, { dataset: path })
  const now = trackedNow(projectRoot).find((one) => one.path === path)
  const md5 = now?.md5 ?? recorded[0]?.md5
  if (md5 === undefined) return null
  const count = recorded.length === 0 ? '' : `, ${recorded.length} versions recorded`
  return node(id, 'data file', {
    at: recorded[0]?.createdAt ?? null,
    sentence: `Data ${path}${count}: now it has hash ${md5}`,
    facts: { rows: recorded[0]?.rows ?? null },
    causes: [md5, recorded[0]?.causedBy ?? null],
  })
}

interface Tracked {
  readonly file: string
  readonly path: string
  readonly md5: string
  readonly size: number
  readonly nfiles: number | null
}

function trackedNow(root: string): readonly Tracked[] {
  if (!existsSync(join(root, '.dvc'))) return []
  const project = openDataProject(root)
  try {
    return findDvcFiles(project).flatMap((file) => {
      const { path, hash } = readDvcFile(project, file)
      if (hash === null) return []
      const { md5, size, nfiles = null } = hash
      return [{ file, path, md5, size, nfiles }]
    })
  } finally {
    project.close()
  }
}

// The commit that recorded what the file says; null without Git, or before that commit.
function commitOf(root: string, file: string): string | null {
  try {
    const asked = ['log', '-1', '--format=%H', '--', file]
    const text = execFileSync('git', asked, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    return text === '' ? null : text
  } catch {
    return null
  }
}
