import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the Git repository that a project lies in: its own, or one above it. Null when there is none. */
export function findGitTop(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder
  const above = dirname(folder)
  return above === folder ? null : findGitTop(above)
}
