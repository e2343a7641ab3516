import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { datasetErrors } from './errors.ts'
import { ignoredByGit } from './git.ts'
import { findGitTop } from './git-top.ts'
import { writeAtomically } from './write-atomically.ts'

// Byte for byte what `dvc init` (3.67.1) writes. The one that says that a project is there comes last.
const FILES: readonly (readonly [string, string])[] = [
  ['.dvc/.gitignore', '/config.local\n/tmp\n/cache\n'],
  [
    '.dvcignore',
    '# Add patterns of files dvc should ignore, which could improve\n' +
      '# the performance. Learn more at\n' +
      '# https://dvc.org/doc/user-guide/dvcignore\n',
  ],
  ['.dvc/config', ''],
]

export interface InitOptions {
  /** Versions of the data alone, also where there is a Git repository. */
  readonly withoutGit?: boolean
}

/** Refuses a project whose settings Git would leave out. @throws DATASET_IGNORED */
export async function refuseIgnoredProject(root: string): Promise<void> {
  if (!(await ignoredByGit(root, ['.dvc'])).has('.dvc')) return
  throw datasetErrors.DATASET_IGNORED({
    detail: `Git ignores ${join(root, '.dvc')}, which holds what has to be committed`,
    path: join(root, '.dvc'),
    next: 'Add the line `!.dvc` to .gitignore.',
  })
}

/** Makes a DVC project where there is none, as `dvc init` does, or finishes one that was begun. Returns the files written. */
export function initDataProject(
  root: string,
  { withoutGit = false }: InitOptions = {},
): readonly string[] {
  if (existsSync(join(root, '.dvc/config'))) return []
  mkdirSync(join(root, '.dvc/tmp'), { recursive: true })
  // Without Git, DVC asks to be told so.
  const noScm = withoutGit || findGitTop(root) === null
  const missing = FILES.filter(([file]) => !existsSync(join(root, file)))
  for (const [file, text] of missing) {
    const content = file === '.dvc/config' && noScm ? '[core]\n    no_scm = True\n' : text
    writeAtomically(join(root, file), content)
  }
  return missing.map(([file]) => file)
}
