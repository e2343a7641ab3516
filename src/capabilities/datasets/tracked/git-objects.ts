import { spawn } from 'node:child_process'
import { datasetErrors } from '../errors.ts'
import { git } from '../git.ts'

/** A file as a commit has it. */
export interface CommittedFile {
  /** From the folder that was asked, with forward slashes. */
  readonly path: string
  readonly object: string
  readonly isexec: boolean
  readonly size: number
}

/** The commit that a name (branch, tag, `HEAD~2`) means, in full; null when there is none. */
export async function findCommit(root: string, rev: string): Promise<string | null> {
  if (rev === '' || rev.startsWith('-')) return null
  // What follows `:/` is all text to look for in messages, and what it finds is a commit.
  const asked = rev.startsWith(':/') ? rev : `${rev}^{commit}`
  const { code, output } = await git(root, ['rev-parse', '-q', '--verify', asked])
  return code === 0 ? output.trim() : null
}

/** @throws DATASET_REVISION_UNKNOWN */
export async function requireCommit(root: string, rev: string): Promise<string> {
  const commit = await findCommit(root, rev)
  if (commit !== null) return commit
  throw datasetErrors.DATASET_REVISION_UNKNOWN({ detail: `Git knows no revision "${rev}"` })
}

/** All files of a commit in and below `folder`; links and submodules are left out. */
export async function listCommitted(
  folder: string,
  commit: string,
): Promise<readonly CommittedFile[]> {
  const { code, output } = await git(folder, ['ls-tree', '-r', '-l', '-z', commit])
  if (code !== 0) throw datasetErrors.DATASET_REVISION_UNKNOWN({ detail: commit })
  return output.split('\0').flatMap((line) => {
    const found = /^(100\d{3}) blob ([0-9a-f]+) +(\d+)\t([^]*)$/.exec(line)
    if (found === null) return []
    const [, mode = '', object = '', size = '', path = ''] = found
    return [{ path, object, isexec: mode === '100755', size: Number(size) }]
  })
}

/** The bytes of objects in the order asked, by one process for all. */
export async function readObjects(
  folder: string,
  objects: readonly string[],
  { optional = false }: { readonly optional?: boolean } = {},
): Promise<readonly Buffer[]> {
  if (objects.length === 0) return []
  const child = spawn('git', ['-C', folder, 'cat-file', '--batch'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(`${objects.join('\n')}\n`)
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  return splitBatch(Buffer.concat(chunks), optional)
}

// Each object is `name type size`, a line break, its bytes, a line break.
function splitBatch(output: Buffer, optional: boolean): readonly Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf(0x0a, at)
    const size = Number(output.toString('latin1', at, lineEnd).split(' ')[2])
    if (optional && output.toString('latin1', at, lineEnd).endsWith(' missing')) {
      found.push(Buffer.alloc(0))
      at = lineEnd + 1
      continue
    }
    if (!Number.isInteger(size))
      throw datasetErrors.DATASET_REVISION_UNKNOWN({
        detail: `Git has lost ${output.toString('latin1', at, lineEnd)}`,
      })
    found.push(output.subarray(lineEnd + 1, lineEnd + 1 + size))
    at = lineEnd + size + 2
  }
  return found
}
