import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type DataProject, gitignorePaths } from '../datasets/index.ts'
import { fromRoot } from './graph.ts'
import type { Stage } from './schema.ts'

/**
 * Keeps the cached outputs of stages out of Git, in the order of the plan, as far as their folders exist: before
 * the stages run, so that no output is ever seen by Git, and after it for folders that they made. Returns the files
 * changed.
 */
export async function ignoreOutputs(
  project: DataProject,
  stages: readonly Stage[],
): Promise<readonly string[]> {
  const outs = stages.flatMap((stage) =>
    stage.outs.filter(({ cache }) => cache).map(({ path }) => fromRoot(stage, path)),
  )
  const inside = outs.filter((out) => !out.startsWith('..') && !out.startsWith('/'))
  return gitignorePaths(
    project,
    inside.filter((out) => existsSync(dirname(join(project.root, out)))),
  )
}
