import type { Command } from 'commander'
import {
  type DataProject,
  moveDataset,
  removeDataset,
  type RemovedDataset,
  unprotectPath,
} from '../../capabilities/datasets/index.ts'
import { type RemovedStage, removeStage, findStage } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, folderHere, fromRoot } from './data-project.ts'
import { changing, type DataWorkOptions } from './data-work.ts'
import { recordLines } from './record-lines.ts'

/** `move`, `remove`, `unprotect`: tracked data under another name, or not tracked any more. */
export function registerDataMoveCommands(program: Command, context: CliContext): void {
  program
    .command('move')
    .alias('mv')
    .description('rename tracked data together with its .dvc file')
    .argument('<from>')
    .argument('<to>', 'the new name, or a folder')
    .addHelpText('after', '\nExample:\n  ratchet move data/raw.csv data/2024/')
    .action((from: string, to: string) =>
      changing(context, named(context, [from, to]), async ({ project }) => {
        const goal = fromRoot(context, project, to)
        const moved = await moveDataset(project, fromRoot(context, project, from), goal)
        const lines = await recordLines(context, project, moved.written)
        context.answer(asJson(moved), [`moved: ${moved.from} -> ${moved.to}`, ...lines])
      }),
    )
  program
    .command('remove')
    .alias('rm')
    .description('stop tracking data; it stays in the workspace')
    .argument('<targets...>', '.dvc files or stages')
    .option('--outs', 'delete the data too')
    .addHelpText('after', '\nExample:\n  ratchet remove data/raw.csv.dvc')
    .action((targets: readonly string[], { outs }: { readonly outs?: boolean }) =>
      changing(context, named(context, targets), async ({ project }) => {
        const removed = targets.map((target) =>
          removeOne(context, project, { target, outs: outs ?? false }),
        )
        const written = removed.flatMap((each) => each.written)
        const lines = await recordLines(context, project, written)
        context.answer(asJson(removed), [
          ...removed.map((each) => `removed: ${'stage' in each ? each.stage : each.file}`),
          ...lines,
        ])
      }),
    )
  program
    .command('unprotect')
    .description('make links into the cache plain files that may be edited')
    .argument('<targets...>', 'data files or folders')
    .addHelpText('after', '\nExample:\n  ratchet unprotect data/raw.csv')
    .action((targets: readonly string[]) =>
      changing(context, named(context, targets), async ({ project }) => {
        const files = targets.flatMap((target) =>
          unprotectPath(project, fromRoot(context, project, target)),
        )
        context.answer({ files }, [`${files.length} files may be edited.`])
      }),
    )
}

function removeOne(
  context: CliContext,
  project: DataProject,
  { target, outs }: { readonly target: string; readonly outs: boolean },
): RemovedDataset | RemovedStage {
  const isFile = target.endsWith('.dvc')
  const stage = isFile ? null : findStage(project.root, target, folderHere(context))
  if (stage !== null) return removeStage(project, stage, { outs })
  return removeDataset(project, fromRoot(context, project, target), { outs })
}

// For the lock: the data that changes, whether it or its .dvc file was named.
function named(context: CliContext, targets: readonly string[]): DataWorkOptions {
  const paths = (project: DataProject): readonly string[] =>
    targets.map((target) => fromRoot(context, project, target.replace(/\.dvc$/, '')))
  return { what: 'files', paths }
}
