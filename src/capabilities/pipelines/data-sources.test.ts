import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addDataset, openDataProject } from '../datasets/index.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { repro, type ReproRequest } from './runner.ts'
import { sourcesToVersion } from './status.ts'

let project: TestProject

// raw → a → b, and other → c; spare is read by nobody.
const STAGES = `stages:
  a: {cmd: cat raw > a, deps: [raw], outs: [a]}
  b: {cmd: cat a > b, deps: [a], outs: [b]}
  c: {cmd: cat other > c, deps: [other], outs: [c]}
`

beforeEach(async () => {
  project = testProject({ 'dvc.yaml': STAGES, raw: '1\n', other: '1\n', spare: '1\n' })
  const data = openDataProject(project.root, { stateDir: project.stateDir })
  for (const path of ['raw', 'other', 'spare']) await addDataset(data, path)
  data.close()
})
afterEach(() => project.remove())

async function run(request: Partial<ReproRequest> = {}) {
  const result = await repro(project, { runId: 'run_1', targets: [], ...request })
  return {
    error: result.error,
    versioned: result.sources.map(({ file }) => file),
    ran: result.stages.filter(({ action }) => action !== 'skipped').map(({ stage }) => stage),
  }
}

describe('of tracked data that changed, is versioned again', () => {
  beforeEach(async () => {
    await run()
    for (const path of ['raw', 'other', 'spare']) project.write(path, '2\n')
  })

  test.each([
    [{}, ['raw.dvc', 'other.dvc'], ['a', 'b', 'c']],
    [{ targets: ['b'] }, ['raw.dvc'], ['a', 'b']],
    [{ targets: ['a'], single: true }, [], ['a']],
    [{ targets: ['a'], downstream: true }, [], ['a', 'b']],
    [{ targets: ['raw.dvc'] }, ['raw.dvc'], []],
    [{ targets: ['raw.dvc'], downstream: true }, ['raw.dvc'], ['a', 'b']],
    [{ targets: ['raw.dvc'], pipeline: true }, ['raw.dvc'], ['a', 'b']],
    [{ targets: ['raw.dvc', 'c'] }, ['raw.dvc', 'other.dvc'], ['c']],
    [{ allPipelines: true }, ['other.dvc', 'raw.dvc', 'spare.dvc'], ['a', 'b', 'c']],
  ] as const)('by %j: %j', async (request, versioned, ran) => {
    const told = await sourcesToVersion(project, { targets: [], ...request })
    expect(told.map(({ file }) => file)).toEqual(versioned)
    expect(await run(request)).toEqual({ error: null, versioned, ran })
    const isNew = (path: string) =>
      project.read(`${path}.dvc`).includes('26ab0db90d72e28ad0ba1e22ee510510')
    const changed = ['other.dvc', 'raw.dvc', 'spare.dvc'].filter((file) => isNew(file.slice(0, -4)))
    expect(new Set(changed)).toEqual(new Set(versioned))
  })

  test('what a frozen stage reads stays as it is', async () => {
    project.write('dvc.yaml', STAGES.replace('a: {cmd', 'a: {frozen: true, cmd'))
    expect(await run()).toEqual({ error: null, versioned: ['other.dvc'], ran: ['c'] })
  })

  test('nothing is stored where that is not wanted', async () => {
    rmSync(join(project.root, '.dvc/cache'), { recursive: true })
    await run({ targets: ['raw.dvc'], commit: false })
    expect(project.read('raw.dvc')).toContain('26ab0db90d72e28ad0ba1e22ee510510')
    expect(existsSync(join(project.root, '.dvc/cache/files'))).toBe(false)
  })

  test('no dvc.yaml is needed for it', async () => {
    rmSync(join(project.root, 'dvc.yaml'))
    expect(await run({ targets: ['raw.dvc'] })).toMatchObject({ versioned: ['raw.dvc'] })
    expect((await run({ allPipelines: true })).versioned).toEqual(['other.dvc', 'spare.dvc'])
    await expect(run()).rejects.toMatchObject({ code: 'PIPELINE_FILE_MISSING' })
    const unknown = run({ targets: ['no.dvc'] })
    await expect(unknown).rejects.toMatchObject({ code: 'PIPELINE_STAGE_UNKNOWN' })
  })
})

test.each(['raw', 'raw/part'])(
  'a stage that writes %s, which is tracked, never runs',
  async (out) => {
    project.write('dvc.yaml', `stages:\n  s: {cmd: echo > ${out}, outs: [${out}]}\n`)
    await expect(run()).rejects.toMatchObject({
      code: 'DATASET_OVERLAPS',
      detail: `${out} of "s" and raw of raw.dvc`,
    })
    expect(project.read('raw')).toBe('1\n')
  },
)

test('a .dvc file of another name tracks nothing here', async () => {
  project.write('a.dvc', project.read('raw.dvc'))
  rmSync(join(project.root, 'raw.dvc'))
  expect((await run({ targets: ['b'] })).ran).toEqual(['a', 'b'])
})
