import type { TrackedOut } from '../datasets/index.ts'
import { findPipelineFiles } from './declaration/find-pipelines.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { fromRoot } from './graph.ts'
import { lockFileOf } from './lock-file.ts'
import { lockWriter } from './lock-writer.ts'

/** What the stages below a folder keep in the cache, with the content that dvc.lock says they have. */
export function readStageOuts(root: string): readonly TrackedOut[] {
  if (findPipelineFiles(root).length === 0) return []
  const locks = lockWriter(root, [])
  return [...readPipeline(root).values()].flatMap((stage) => {
    const locked = new Map(locks.find(stage)?.outs.map((out) => [out.path, out]))
    const kept = stage.outs.filter(({ cache }) => cache)
    return kept.map(({ path, push, remote }): TrackedOut => {
      const { path: _, ...hash } = locked.get(path) ?? { path, md5: '', size: 0 }
      return {
        path: fromRoot(stage, path),
        hash: hash.md5 === '' ? null : hash,
        declaredBy: `${stage.file}:${stage.name}`,
        file: lockFileOf(stage.file),
        push,
        remote,
        isImport: false,
      }
    })
  })
}
