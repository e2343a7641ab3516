import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findCommit, listCommitted, readObjects, requireCommit } from '../../datasets/index.ts'

export const WORKSPACE = 'workspace'

// What declares stages, parameters, metrics and plots; data is not brought.
const SMALL = /(?:\.(?:ya?ml|json|toml|py|lock|csv|tsv|dvc)|^\.dvc\/config)$/

/**
 * Lets `work` read the small files of a revision in a folder of their own, which is gone afterwards; those of the
 * workspace where they are. @throws DATASET_REVISION_UNKNOWN
 */
export async function atRevision<T>(
  root: string,
  revision: string,
  work: (folder: string) => T | Promise<T>,
): Promise<T> {
  if (revision === WORKSPACE) return work(root)
  const files = (await committedAt(root, revision)).filter(({ path }) => SMALL.test(path))
  const texts = await readObjects(
    root,
    files.map(({ object }) => object),
  )
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-revision-'))
  try {
    for (const [index, { path }] of files.entries()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), texts[index] ?? '')
    }
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// HEAD of a repository without a commit has nothing, as to DVC.
async function committedAt(root: string, revision: string) {
  const found = await findCommit(root, revision)
  if (found === null && revision === 'HEAD' && (await currentBranch(root)) !== null) return []
  return listCommitted(root, found ?? (await requireCommit(root, revision)))
}

/** The names of branches or tags, or all commits, newest first. */
export async function listRevisions(
  root: string,
  which: 'branches' | 'tags' | 'commits',
): Promise<readonly string[]> {
  const format = '--format=%(refname:short)'
  const args = {
    branches: ['for-each-ref', format, 'refs/heads'],
    tags: ['for-each-ref', format, 'refs/tags'],
    commits: ['rev-list', '--all'],
  }[which]
  const { stdout } = await promisify(execFile)('git', ['-C', root, ...args], { maxBuffer: 1 << 26 })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Names of the same commit together, in the order of the first of them. */
export async function groupRevisions(
  root: string,
  names: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const groups = new Map<string, readonly string[]>()
  for (const name of names) {
    const commit = /^[0-9a-f]{40}$/.test(name) ? name : await requireCommit(root, name)
    groups.set(commit, [...(groups.get(commit) ?? []), name])
  }
  return [...groups.values()]
}

/** Null on no branch, and outside of Git. */
export async function currentBranch(root: string): Promise<string | null> {
  try {
    const args = ['-C', root, 'symbolic-ref', '--quiet', '--short', 'HEAD']
    const { stdout } = await promisify(execFile)('git', args)
    return stdout.trim()
  } catch {
    return null
  }
}
