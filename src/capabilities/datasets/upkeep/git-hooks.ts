import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { git } from '../git.ts'
import { writeAtomically } from '../write-atomically.ts'

export const HOOKS = ['post-checkout', 'pre-commit', 'pre-push'] as const
export type GitHook = (typeof HOOKS)[number]

/**
 * Writes the three hooks of `dvc install` and the merge driver, calling `command` instead of `dvc`. Hooks that
 * somebody made are never overwritten; what a run that was killed wrote of them is finished. Returns the files written.
 * @throws DATASET_OVERLAPS when a hook exists, DATASET_NO_PROJECT without Git
 */
export async function installGitHooks(root: string, command: string): Promise<readonly string[]> {
  const { code, output } = await git(root, ['rev-parse', '--git-path', 'hooks'])
  if (code !== 0)
    throw datasetErrors.DATASET_NO_PROJECT({
      detail: `${root} is not in a Git repository`,
      next: 'Run `git init` first: hooks belong to Git.',
    })
  const folder = resolve(root, output.trim())
  const files = HOOKS.map((hook) => {
    const file = join(folder, hook)
    return [hook, file, existsSync(file) ? readFileSync(file, 'utf8') : null] as const
  })
  const isWhole = files.every(([, , text]) => text !== null)
  const taken = files.find(
    ([hook, , text]) => text !== null && (isWhole || text !== hookText(command, hook)),
  )
  if (taken !== undefined)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `there is a ${taken[0]} hook already`,
      path: taken[1],
      next: `Add the line \`${hookLine(command, taken[0])}\` to it by hand, and to the other two hooks.`,
    })
  const driver = `${command} git-hook merge-driver --ancestor %O --our %A --their %B`
  await git(root, ['config', 'merge.dvc.name', 'DVC merge driver'])
  await git(root, ['config', 'merge.dvc.driver', driver])
  mkdirSync(folder, { recursive: true })
  for (const [hook, file] of files) {
    writeAtomically(file, hookText(command, hook), 0o777)
    reach('install: hook written')
  }
  return files.map(([, file]) => file)
}

function hookText(command: string, hook: GitHook): string {
  return `#!/bin/sh\n${hookLine(command, hook)}\n`
}

function hookLine(command: string, hook: GitHook): string {
  return `exec ${command} git-hook ${hook} "$@"`
}

/** Whether a checkout that Git tells of changes data: it was of a revision, and no rebase is under way. */
export function shouldCheckout(root: string, args: readonly string[]): boolean {
  return args[2] === '1' && !existsSync(join(root, '.git/rebase-merge'))
}
