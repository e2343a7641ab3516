import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { TrackedOut } from '../datasets/index.ts'
import { PIPELINE_FILE, readPipeline } from './dvc-yaml.ts'
import { LOCK_FILE, readLockFile } from './lock-file.ts'

/** What the stages below a folder keep in the cache, with the content that dvc.lock says they have. */
export function readStageOuts(root: string): readonly TrackedOut[] {
  if (!existsSync(join(root, PIPELINE_FILE))) return []
  const { stages: locks } = readLockFile(root)
  return [...readPipeline(root).values()].flatMap((stage) => {
    const locked = new Map(locks.get(stage.name)?.outs.map((out) => [out.path, out]))
    return stage.outs.flatMap(({ path, cache }): readonly TrackedOut[] => {
      if (!cache) return []
      const known = locked.get(path)
      const { path: _, ...hash } = known ?? { path, md5: '', size: 0 }
      return [
        {
          path: posix.join(stage.wdir, path).replace(/\/$/, ''),
          hash: hash.md5 === '' ? null : hash,
          declaredBy: `${PIPELINE_FILE}:${stage.name}`,
          file: LOCK_FILE,
          push: true,
          remote: null,
          isImport: false,
        },
      ]
    })
  })
}
