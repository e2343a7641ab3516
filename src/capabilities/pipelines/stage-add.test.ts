import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestProject, testProject } from './project.testing.ts'
import { repro } from './runner.ts'
import { addStage, type NewOut, type NewStage } from './stage-add.ts'

let project: TestProject

beforeEach(() => {
  project = testProject({ 'sub/file': '' })
})
afterEach(() => project.remove())

const out = (path: string, cache = true): NewOut => ({ path, kind: 'out', cache, persist: false })

function add(given: Partial<NewStage>) {
  const lists = { deps: [], params: [], outs: [], alwaysChanged: false, force: false }
  const stage = { folder: '', name: 's', cmd: 'true', desc: null, wdir: null, ...lists, ...given }
  return addStage(project.root, stage)
}

test.each([[[out('a'), out('a')]], [[out('a'), out('a', false)]], [[out('a'), out('./a')]]])(
  'an output that is named twice is refused: %j',
  async (outs) => {
    await expect(add({ outs })).rejects.toMatchObject({ code: 'PIPELINE_OUTPUT_TWICE' })
    expect(() => project.read('dvc.yaml')).toThrow('ENOENT')
  },
)

test.each(['away', 'sub/file'])(
  'a stage works in a folder that is there, not in %s',
  async (wdir) => {
    await expect(add({ wdir })).rejects.toMatchObject({ code: 'PIPELINE_FOLDER_MISSING' })
    project.write('dvc.yaml', 'stages: {s: {cmd: "true", wdir: sub/file}}\n')
    const { error } = await repro(project, { runId: 'run_1', targets: [] })
    expect(error).toMatchObject({ code: 'PIPELINE_FOLDER_MISSING' })
  },
)

test('a folder that is named from the root of the disk is written from that of dvc.yaml', async () => {
  await add({ folder: 'sub', wdir: project.root })
  expect(project.read('sub/dvc.yaml')).toBe("stages:\n  s:\n    cmd: 'true'\n    wdir: ..\n")
})

test('meta and description of a stage that is replaced are kept', async () => {
  project.write(
    'dvc.yaml',
    'stages:\n  s:\n    desc: why\n    cmd: old\n    meta:\n      owner: me\n',
  )
  await add({ cmd: 'new', force: true })
  expect(project.read('dvc.yaml')).toBe(
    'stages:\n  s:\n    desc: why\n    cmd: new\n    meta:\n      owner: me\n',
  )
})

test('a stage that writes to a service is not begun', async () => {
  const cmd = 'touch begun'
  await add({ cmd, outs: [out('remote://store/a', false)] })
  await expect(repro(project, { runId: 'run_1', targets: [] })).resolves.toMatchObject({
    error: { code: 'PIPELINE_UNSUPPORTED' },
  })
  expect(() => project.read('begun')).toThrow('ENOENT')
})
