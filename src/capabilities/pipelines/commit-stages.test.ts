import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../base/hash.ts'
import { type DataProject, initDataProject, isCached, openDataProject } from '../datasets/index.ts'
import { commitStages, splitTargets } from './commit-stages.ts'
import { findStage, removeStage } from './remove-stage.ts'

let root: string
let project: DataProject
const DECLARED = `# mine
stages:
  make: # first
    cmd: echo 1 > out
    outs: [out]
  next:
    cmd: cat out > end
    deps:
      - out
    outs:
      - end
plots:
  - end
`

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-commit-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  project = openDataProject(root)
  writeFileSync(join(root, 'dvc.yaml'), DECLARED)
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('what was run by hand is recorded as if it had run here', async () => {
  writeFileSync(join(root, 'out'), '1\n')
  expect(await commitStages(project, null)).toMatchObject([{ stage: 'make', changed: true }])
  // printf '1\n' | md5sum
  const made = 'b026324c6904b2a9cb4b88d6d61c81d1'
  expect(read('dvc.lock')).toBe(
    `schema: '2.0'\nstages:\n  make:\n    cmd: echo 1 > out\n    outs:\n    - path: out\n      hash: md5\n      md5: ${made}\n      size: 2\n`,
  )
  expect(isCached(project, made)).toBe(true)
  expect(await commitStages(project, ['make'])).toMatchObject([{ changed: false }])
  await expect(commitStages(project, ['next'])).rejects.toThrow(/did not write end/)
})

test('targets are stages, outputs of stages, or something else', () => {
  const targets = ['make', ':next', 'end', 'data.csv.dvc', 'dvc.yaml:make']
  expect(splitTargets(root, targets)).toEqual({
    stages: ['make', 'next', 'next', 'make'],
    outs: [],
    others: ['data.csv.dvc'],
  })
})

// dvc 3.67.1: `commit -f a` records all in dvc.lock and stores a alone.
test('an output that is named is kept alone, and dvc.lock records its stage', async () => {
  const declared =
    'stages:\n  both:\n    cmd: x\n    outs: [a, b]\n    metrics: [{m.json: {cache: false}}]\n'
  writeFileSync(join(root, 'dvc.yaml'), declared)
  for (const path of ['a', 'b', 'm.json']) writeFileSync(join(root, path), path)
  const targets = splitTargets(root, ['a'])
  expect(targets).toEqual({ stages: ['both'], outs: ['a'], others: [] })
  expect(splitTargets(root, ['a', 'both']).outs).toEqual([])
  await commitStages(project, targets.stages, { outs: targets.outs })
  for (const path of ['a', 'b', 'm.json']) expect(read('dvc.lock')).toContain(md5(path))
  expect(['a', 'b', 'm.json'].map((path) => isCached(project, md5(path)))).toEqual([
    true,
    false,
    false,
  ])
  await commitStages(project, ['both'])
  expect(isCached(project, md5('b'))).toBe(true)
})

test('a stage that is removed leaves the others, remarks and its data', async () => {
  writeFileSync(join(root, 'out'), '1\n')
  writeFileSync(join(root, '.gitignore'), '/out\n/end\n')
  await commitStages(project, ['make'])
  expect(findStage(root, 'out')).toBeNull()
  expect(removeStage(project, findStage(root, ':make') ?? '')).toMatchObject({
    outs: ['out'],
    written: ['dvc.lock', 'dvc.yaml', '.gitignore'],
  })
  expect(read('dvc.yaml')).toBe(DECLARED.replace(/ {2}make[^]*(?= {2}next)/, ''))
  expect(existsSync(join(root, 'dvc.lock'))).toBe(false)
  expect(read('.gitignore')).toBe('/end\n')
  expect(read('out')).toBe('1\n')
  writeFileSync(join(root, 'end'), '1\n')
  removeStage(project, 'next', { outs: true })
  expect(read('dvc.yaml')).toBe('# mine\nplots:\n  - end\n')
  expect(existsSync(join(root, 'end'))).toBe(false)
  expect(() => removeStage(project, 'next')).toThrow(/next/)
})

test('a project without pipelines has no stages to commit, and its targets are all data', async () => {
  rmSync(join(root, 'dvc.yaml'))
  expect(await commitStages(project, null)).toEqual([])
  expect(splitTargets(root, ['a.csv', 'b.dvc'])).toEqual({
    stages: [],
    outs: [],
    others: ['a.csv', 'b.dvc'],
  })
})
