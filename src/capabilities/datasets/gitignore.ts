import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, posix } from 'node:path'
import { git } from './git.ts'
import { writeAtomically } from './write-atomically.ts'
import type { DataProject } from './project.ts'

/**
 * Takes `/name` out of the `.gitignore` beside a path, as DVC does when the path is tracked no more; a file that
 * has nothing else goes. Returns the file when it was changed.
 */
export function unignorePath(project: DataProject, relative: string): string | null {
  if (!project.git) return null
  const folder = posix.dirname(relative)
  const file = folder === '.' ? '.gitignore' : `${folder}/.gitignore`
  const absolute = join(project.root, file)
  if (!existsSync(absolute)) return null
  const entry = `/${posix.basename(relative)}`
  const lines = readFileSync(absolute, 'utf8').split(/(?<=\n)/)
  const kept = lines.filter((line) => line.trim() !== entry.trim())
  if (kept.length === lines.length) return null
  if (kept.join('') === '') rmSync(absolute)
  else writeAtomically(absolute, kept.join(''))
  return file
}

/** `git add` for what a command wrote, where `core.autostage` asks for it. True when it was done. */
export async function autostage(project: DataProject, files: readonly string[]): Promise<boolean> {
  const asked = /^true$/i.test(project.settings.get('core')?.get('autostage')?.text ?? '')
  const there = files.filter((file) => existsSync(join(project.root, file)))
  if (!asked || !project.git || there.length === 0) return false
  const { code } = await git(project.root, ['add', '--', ...there])
  return code === 0
}
