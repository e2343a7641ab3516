import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { RESOLVE_CASES } from '../src/capabilities/pipelines/declaration/cases.testing.ts'
import { writeCase } from '../src/capabilities/pipelines/declaration/resolved.testing.ts'
import { resolvedByDvc } from '../tests/interop/resolved-by-dvc.ts'

const golden = RESOLVE_CASES.map((item) => {
  const root = writeCase(item)
  try {
    return { name: item.name, stages: resolvedByDvc(root) }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
const file = new URL(
  '../src/capabilities/pipelines/declaration/resolved.golden.json',
  import.meta.url,
)
writeFileSync(file, JSON.stringify(golden, null, 2))
execFileSync('npx', ['oxfmt', file.pathname])
