import {
  type DeclaredPath,
  recordedFiles,
  type TrackedOut,
  type YamlMap,
  type YamlValue,
} from '../datasets/index.ts'
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
      const { path: _, cloud, files, ...hash } = locked.get(path) ?? { path, md5: '', size: 0 }
      return {
        path: fromRoot(stage, path),
        hash: hash.md5 === '' ? null : hash,
        declaredBy: `${stage.file}:${stage.name}`,
        file: lockFileOf(stage.file),
        push,
        remote,
        isImport: false,
        files: recordedFiles(
          versionsIn({ md5: hash.md5, size: hash.size, cloud, files }),
          lockFileOf(stage.file),
        ),
      }
    })
  })
}

function versionsIn(said: Readonly<Record<string, YamlValue | undefined>>): YamlMap {
  const entries = Object.entries(said)
  return new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

/** All that the stages below a folder write, kept in the cache or not. */
export function readStagePaths(root: string): readonly DeclaredPath[] {
  return [...readPipeline(root).values()].flatMap((stage) =>
    stage.outs.map(({ path }) => ({
      path: fromRoot(stage, path),
      declaredBy: `${stage.file}:${stage.name}`,
    })),
  )
}
