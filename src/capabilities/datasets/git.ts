import { execFile } from 'node:child_process'
import { lstatSync, readFileSync } from 'node:fs'
import { posix, join } from 'node:path'
import { pathInside } from './containment.ts'
import { datasetErrors } from './errors.ts'
import type { DataProject } from './project.ts'
import { writeAtomically } from './write-atomically.ts'

interface GitAnswer {
  readonly code: number
  readonly output: string
}

export function git(root: string, args: readonly string[]): Promise<GitAnswer> {
  return new Promise((resolve) => {
    execFile(
      'git',
      ['--no-optional-locks', '-C', root, ...args],
      { maxBuffer: 1 << 26 },
      (error, output) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127
        resolve({ code, output })
      },
    )
  })
}

export interface GitHead {
  readonly commit: string
  /** Tracked files differ from the commit. */
  readonly dirty: boolean
}

/** The commit the project stands on; null without Git or before the first commit. */
export async function readGitHead(root: string): Promise<GitHead | null> {
  const args = ['status', '--porcelain=v2', '--branch', '--untracked-files=no']
  const { code, output } = await git(root, args)
  const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(output)?.[1]
  if (code !== 0 || commit === undefined) return null
  return { commit, dirty: /^[^#]/m.test(output) }
}

/** What tracked files differ in from the commit; empty when nothing does, or it cannot be told. */
export async function readGitDiff(root: string): Promise<string> {
  const { code, output } = await git(root, ['diff', '--no-ext-diff', '--no-textconv', 'HEAD'])
  return code === 0 ? output : ''
}

/** Whether Git itself tracks the path or something in it: then DVC must not. */
export async function isGitTracked(project: DataProject, relative: string): Promise<boolean> {
  if (!project.git) return false
  const { code, output } = await git(project.root, ['ls-files', '--', `:(literal)${relative}`])
  return code === 0 && output !== ''
}

/**
 * Adds `/name` to the `.gitignore` beside the path, as DVC does. Returns the file when it was changed.
 * @throws DATASET_OUTSIDE
 */
export async function gitignorePath(
  project: DataProject,
  relative: string,
): Promise<string | null> {
  const [file = null] = await gitignorePaths(project, [relative])
  return file
}

/** Does so for many paths with one question to Git, in the order given. Returns the files changed. */
export async function gitignorePaths(
  project: DataProject,
  paths: readonly string[],
): Promise<readonly string[]> {
  if (!project.git) return []
  const files = new Map<string, IgnoreFile>()
  const fileAt = (path: string): IgnoreFile => {
    const known = files.get(path)
    if (known !== undefined) return known
    const text = readOrEmpty(join(project.root, path))
    const read = { lines: new Set(text.split('\n')), isWhole: text === '' || text.endsWith('\n') }
    files.set(path, read)
    return read
  }
  const isListed = (path: string): boolean => {
    const { file, line } = ignoreLine(path)
    return fileAt(file).lines.has(line)
  }
  const missing = paths.filter((path) => !isListed(path))
  if (missing.length === 0) return []
  const ignored = await ignoredByGit(project.root, missing)
  const added = new Map<string, string>()
  for (const path of missing) {
    if (ignored.has(path) || isListed(path)) continue
    const { file, line } = ignoreLine(path)
    const known = fileAt(file)
    added.set(file, `${added.get(file) ?? ''}${known.isWhole ? '' : '\n'}${line}\n`)
    known.lines.add(line)
    known.isWhole = true
  }
  for (const [file, lines] of added) {
    const absolute = ownFile(project.root, file)
    writeAtomically(absolute, readOrEmpty(absolute) + lines)
  }
  return [...added.keys()]
}

interface IgnoreFile {
  readonly lines: Set<string>
  /** Its last line has an end. */
  isWhole: boolean
}

// A link in a repository of others could make us write anywhere. Git does not follow such a link either.
function ownFile(root: string, file: string): string {
  const { absolute } = pathInside(root, file)
  if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return absolute
  throw datasetErrors.DATASET_OUTSIDE({
    detail: `${file} is a symbolic link; what is to be hidden from Git is written into a file only`,
    path: file,
    next: `Replace ${file} by a file.`,
  })
}

function ignoreLine(relative: string) {
  const folder = posix.dirname(relative)
  const file = folder === '.' ? '.gitignore' : `${folder}/.gitignore`
  return { file, line: `/${escapeGlob(posix.basename(relative))}` }
}

/** A record that Git leaves out is lost with this clone, and DVC does not read it. @throws DATASET_IGNORED */
export async function refuseGitIgnored(project: DataProject, record: string): Promise<void> {
  if (!project.git || !(await ignoredByGit(project.root, [record])).has(record)) return
  throw datasetErrors.DATASET_IGNORED({
    detail: `Git ignores ${record}, which has to be committed`,
    path: record,
    next: `Choose another place, or take the line out of .gitignore that \`git check-ignore -v ${record}\` names.`,
  })
}

export function ignoredByGit(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    const args = ['--no-optional-locks', '-C', root, 'check-ignore', '-z', '--stdin']
    const child = execFile('git', args, { maxBuffer: 1 << 26 }, (_, output) => {
      resolve(new Set(output.split('\0')))
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(paths.map((path) => `${path}\0`).join(''))
  })
}

// pathspec's GitWildMatchPattern.escape
function escapeGlob(name: string): string {
  return name.replace(/[[\]!*#?]/g, '\\$&')
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
