import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../base/hash.ts'
import { checkoutDatasets, openDataProject, storeBytes } from '../datasets/index.ts'
import { readPipeline } from './declaration/read-pipeline.ts'
import { type TestProject, testProject } from './project.testing.ts'
import { repro } from './runner.ts'
import { readStageOuts } from './stage-outs.ts'

let project: TestProject
let outside: string

beforeEach(() => {
  project = testProject()
  outside = mkdtempSync(join(tmpdir(), 'ratchet-hostile-'))
})
afterEach(() => {
  project.remove()
  rmSync(outside, { recursive: true, force: true })
})

const oid = md5('evil')
const lock = (path: string, hash = oid): string =>
  `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: ${path}\n      hash: md5\n      md5: ${hash}\n      size: 4\n`
const bomb = (): string =>
  ['a0: &a0 [1,1,1,1,1,1,1,1,1,1]']
    .concat(
      Array.from(
        { length: 9 },
        (_, index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join()}]`,
      ),
    )
    .join('\n')

async function checkout(): Promise<void> {
  const data = openDataProject(project.root)
  try {
    await storeBytes(data, oid, Buffer.from('evil'))
    const outs = readStageOuts(project.root).map((out) => ({ ...out, part: null }))
    await checkoutDatasets(data, [], { outs })
  } finally {
    data.close()
  }
}

test.each(['../p', '/tmp/p', '.git/hooks/p', '.GIT./p'])(
  'what dvc.lock says of %s alone is not looked at, and a stage that declares it is refused',
  async (path) => {
    project.write('dvc.yaml', 'stages:\n  a: { cmd: x, outs: [mine] }\n')
    project.write('dvc.lock', lock(path))
    await checkout()
    expect(readdirSync(project.root)).not.toContain('mine')
    project.write('dvc.yaml', `stages:\n  a: { cmd: x, outs: [${path}] }\n`)
    await expect(checkout()).rejects.toThrow('DATASET_OUTSIDE')
  },
)

test('an output below a link that leads out is neither brought nor made', async () => {
  symlinkSync(outside, join(project.root, 'link'))
  project.write('dvc.yaml', 'stages:\n  a: { cmd: echo evil > link/p, outs: [link/p] }\n')
  project.write('dvc.lock', lock('link/p'))
  await expect(checkout()).rejects.toThrow('DATASET_OUTSIDE')
  const told = await repro(project, { runId: 'run_1', targets: [] }).catch((error: unknown) => ({
    error,
  }))
  expect(told.error).toMatchObject({ code: 'DATASET_OUTSIDE' })
  expect(readdirSync(outside)).toEqual([])
})

test.each(['../../../etc/passwd', 'zz', `${oid}/../x`])('the hash %s is refused', (hash) => {
  project.write('dvc.yaml', 'stages:\n  a: { cmd: x, outs: [p] }\n')
  project.write('dvc.lock', lock('p', hash))
  expect(() => readStageOuts(project.root)).toThrow('PIPELINE_FILE_INVALID')
})

test('marks of a merge in dvc.lock are told with their line', () => {
  project.write('dvc.yaml', 'stages:\n  a: { cmd: x, outs: [p] }\n')
  project.write('dvc.lock', lock('p').replace('    outs:', '<<<<<<< HEAD\n    outs:'))
  expect(() => readStageOuts(project.root)).toThrow(
    expect.objectContaining({ code: 'PIPELINE_FILE_CONFLICT', path: 'dvc.lock:5' }),
  )
})

test('aliases that stand for millions are refused in dvc.yaml, dvc.lock and params.yaml', async () => {
  const refused = expect.objectContaining({
    detail: expect.stringContaining('200,000') as string,
  }) as Error
  project.write('dvc.yaml', bomb())
  expect(() => readPipeline(project.root)).toThrow(refused)
  project.write('dvc.yaml', 'stages:\n  a: { cmd: x, outs: [p] }\n')
  project.write('dvc.lock', bomb())
  expect(() => readStageOuts(project.root)).toThrow(refused)
  project.write('dvc.lock', '')
  project.write('params.yaml', bomb())
  project.write('dvc.yaml', 'stages:\n  a: { cmd: x, outs: [p], params: [a1] }\n')
  const told = await repro(project, { runId: 'run_1', targets: [] }).catch((error: unknown) => ({
    error,
  }))
  expect(told.error).toMatchObject({ detail: expect.stringContaining('200,000') as string })
})

test('names of files and values of parameters are words to the shell, and no commands', async () => {
  const evil = '$(touch pwned); touch pwned & `touch pwned`'
  project.write(`${evil}.csv`, 'data')
  project.write('params.yaml', `args:\n  name: ${JSON.stringify(evil)}\n  'odd key': "it's"\n`)
  const stage = {
    cmd: 'printf "%s\\n" ${args} > out',
    deps: [`${evil}.csv`],
    outs: ['out', `${evil}.out`],
  }
  project.write('dvc.yaml', JSON.stringify({ stages: { a: { ...stage, outs: ['out'] } } }))
  expect((await repro(project, { runId: 'run_1', targets: [] })).error).toBe(null)
  expect(project.read('out')).toContain(evil)
  expect(existsSync(join(project.root, 'pwned'))).toBe(false)
  const { stages } = { stages: { a: { cmd: `: > '${evil}.out'`, outs: [`${evil}.out`] } } }
  project.write('dvc.yaml', JSON.stringify({ stages }))
  expect((await repro(project, { runId: 'run_1', targets: [] })).error).toBe(null)
  rmSync(join(project.root, `${evil}.out`))
  expect((await repro(project, { runId: 'run_1', targets: [] })).error).toBe(null)
  expect(existsSync(join(project.root, `${evil}.out`))).toBe(true)
  expect(existsSync(join(project.root, 'pwned'))).toBe(false)
})
