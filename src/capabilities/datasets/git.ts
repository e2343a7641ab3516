import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { posix, join } from 'node:path'
import type { DataProject } from './project.ts'

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

/** Whether Git itself tracks the path or something in it: then DVC must not. */
export async function isGitTracked(project: DataProject, relative: string): Promise<boolean> {
  if (!project.git) return false
  const { code, output } = await git(project.root, ['ls-files', '--', `:(literal)${relative}`])
  return code === 0 && output !== ''
}

/** Adds `/name` to the `.gitignore` beside the path, as DVC does. Returns the file when it was changed. */
export async function gitignorePath(
  project: DataProject,
  relative: string,
): Promise<string | null> {
  if (!project.git) return null
  const folder = posix.dirname(relative)
  const file = folder === '.' ? '.gitignore' : `${folder}/.gitignore`
  const line = `/${escapeGlob(posix.basename(relative))}`
  const text = readOrEmpty(join(project.root, file))
  if (text.split('\n').includes(line)) return null
  const { code } = await git(project.root, ['check-ignore', '-q', '--', relative])
  if (code === 0) return null
  const separator = text === '' || text.endsWith('\n') ? '' : '\n'
  appendFileSync(join(project.root, file), `${separator}${line}\n`)
  return file
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
