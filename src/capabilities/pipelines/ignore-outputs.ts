import { type DataProject, gitignorePath } from '../datasets/index.ts'
import { fromRoot } from './graph.ts'
import type { Stage } from './schema.ts'

// Stages that end together share .gitignore files: one after the other, so that no line is lost.
let last: Promise<void> = Promise.resolve()

/** Keeps the cached outputs of a stage out of Git. */
export function ignoreOutputs(project: DataProject, stage: Stage): Promise<void> {
  const outs = stage.outs.filter(({ cache }) => cache).map(({ path }) => fromRoot(stage, path))
  const next = last.then(async () => {
    for (const out of outs) await gitignorePath(project, out)
  })
  last = next.catch(() => {})
  return next
}
