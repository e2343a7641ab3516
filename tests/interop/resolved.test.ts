import { rmSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { RESOLVE_CASES } from '../../src/capabilities/pipelines/declaration/cases.testing.ts'
import {
  resolvedStages,
  writeCase,
} from '../../src/capabilities/pipelines/declaration/resolved.testing.ts'
import { tools } from './tools.ts'
import { resolvedByDvc } from './resolved-by-dvc.ts'

beforeAll(() => {
  tools.dvc()
}, 300_000)

test.each(RESOLVE_CASES)('$name: the real dvc resolves the same stages', (item) => {
  const root = writeCase(item)
  try {
    const key = (stage: unknown): string => JSON.stringify(stage)
    const sorted = (stages: readonly unknown[]) =>
      stages.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    expect(sorted(resolvedStages(root))).toEqual(sorted(resolvedByDvc(root)))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
