import { join, relative } from 'node:path'
import { autostage, type DataProject } from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { shellQuote } from './data-work.ts'

/**
 * What is left to do with Git for files that a command wrote, as one types it from where one stands: nothing where
 * `core.autostage` does it. `written` starts at the root.
 */
export async function recordLines(
  { cwd }: Pick<CliContext, 'cwd'>,
  project: DataProject,
  written: readonly string[],
): Promise<readonly string[]> {
  const files = [...new Set(written)]
  if (files.length === 0 || !project.git || (await autostage(project, files))) return []
  const names = files.map((file) => shellQuote(relative(cwd, join(project.root, file))))
  return [`To record it: git add ${names.join(' ')}`]
}
