import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DataProject, type PathHash, readDvcFile } from '../datasets/index.ts'
import { lockedAt } from './current.ts'
import { fromRoot } from './graph.ts'
import type { LockWriter } from './lock-writer.ts'
import type { Stage } from './schema.ts'

/** What dvc.lock or a `.dvc` file says that a path holds, whether it is there or not; null where none says it. */
export function recordedContent(
  project: DataProject,
  locks: Pick<LockWriter, 'find'>,
  stages: readonly Stage[],
): (path: string) => PathHash | null {
  const makers = new Map(
    stages.flatMap((stage) =>
      stage.outs.map(({ path }) => [fromRoot(stage, path), { stage, path }] as const),
    ),
  )
  return (path) => {
    const maker = makers.get(path)
    if (maker !== undefined) return lockedAt(locks.find(maker.stage)?.outs, maker.path)
    const file = `${path}.dvc`
    return existsSync(join(project.root, file)) ? readDvcFile(project, file).hash : null
  }
}
