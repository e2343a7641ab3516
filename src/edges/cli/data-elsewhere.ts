import { relative } from 'node:path'
import { type AddedDataset, addFromElsewhere } from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { fromRoot } from './data-project.ts'
import { changing, type DataWork } from './data-work.ts'
import { cliErrors } from './errors.ts'
import { recordLines } from './record-lines.ts'

export interface ToRemoteAsked {
  readonly toRemote?: boolean
  readonly remote?: string
  readonly jobs?: number | undefined
}

/** Where data goes instead of the workspace; undefined unless it was asked. @throws CLI_USAGE for what means nothing without it */
export function goesToRemote(
  { signal, onProgress }: Pick<DataWork, 'signal' | 'onProgress'>,
  { toRemote, remote, jobs }: ToRemoteAsked,
) {
  return toRemote === true ? { remote, jobs, signal, onProgress } : undefined
}

/** @throws CLI_USAGE for a remote that nothing goes to */
export function requireToRemote({ toRemote, remote }: ToRemoteAsked): void {
  if (remote === undefined || toRemote === true) return
  throw cliErrors.CLI_USAGE({
    detail: '--remote says where --to-remote sends the data: add that',
  })
}

export interface ElsewhereAsked extends ToRemoteAsked {
  readonly out?: string
  readonly force?: boolean
  readonly commit: boolean
  readonly glob?: boolean
}

/** `add --out` and `add --to-remote`: one file, folder or address. @throws CLI_USAGE */
export async function addElsewhere(
  context: CliContext,
  paths: readonly string[],
  asked: ElsewhereAsked,
): Promise<{ readonly one: AddedDataset; readonly left: readonly string[] }> {
  const option = asked.toRemote === true ? '--to-remote' : '--out'
  const [url = '', ...more] = paths
  const other =
    more.length > 0
      ? 'several paths'
      : asked.glob === true
        ? '--glob'
        : asked.commit
          ? null
          : '--no-commit'
  if (other !== null)
    throw cliErrors.CLI_USAGE({
      detail: `${option} takes one file, folder or address, and does not go with ${other}`,
    })
  return changing(context, { what: 'files' }, async ({ project, ...work }) => {
    const one = await addFromElsewhere(project, {
      url,
      out: asked.out === undefined ? undefined : fromRoot(context, project, asked.out),
      cwd: context.cwd,
      here: relative(project.root, context.cwd),
      force: asked.force,
      toRemote: goesToRemote(work, asked),
    })
    return { one, left: await recordLines(context, project, one.written) }
  })
}
