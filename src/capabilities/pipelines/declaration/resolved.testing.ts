import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Json } from '../../../base/json.ts'
import { compareCodePoints, initDataProject } from '../../datasets/index.ts'
import { toJson } from '../stage-result.ts'
import type { Stage } from '../schema.ts'
import type { ResolveCase } from './cases.testing.ts'
import { readPipeline } from './read-pipeline.ts'
import { plotProperties } from './stage.ts'

/** Writes a case as a repository of DVC into a new folder. */
export function writeCase({ files }: ResolveCase): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-case-')))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** Our stages in the form in which tests/interop/resolved-stages.py prints DVC's. */
export function resolvedStages(root: string): readonly Json[] {
  return [...readPipeline(root).values()].map(comparable)
}

function comparable(stage: Stage): Json {
  const byPath = (a: { path: string }, b: { path: string }) => compareCodePoints(a.path, b.path)
  return {
    file: stage.file,
    name: stage.name,
    group: stage.group,
    cmd: stage.cmd as Json,
    wdir: stage.wdir,
    deps: stage.deps.toSorted(compareCodePoints),
    params: Object.fromEntries(
      stage.params.map(({ file, keys }) => [file, (keys ?? []).toSorted(compareCodePoints)]),
    ),
    outs: stage.outs.toSorted(byPath).map((out) => ({
      path: out.path,
      kind: out.kind,
      cache: out.cache,
      persist: out.persist,
      remote: out.remote,
      push: out.push,
      plot: out.kind === 'plot' ? toJson(plotProperties(out)) : {},
    })),
    frozen: stage.frozen,
    always_changed: stage.alwaysChanged,
    desc: stage.desc,
    meta: toJson(stage.meta),
    used: Object.fromEntries(
      [...stage.used].map(([file, keys]) => [file, [...keys].toSorted(compareCodePoints)]),
    ),
  }
}
