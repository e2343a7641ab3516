import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { type MlflowWorld, openMlflowWorld } from '../../src/edges/mlflow/world.testing.ts'
import { runMlflowClient } from './mlflow-python.ts'

let world: MlflowWorld

beforeAll(async () => {
  world = await openMlflowWorld(systemClock)
})
afterAll(() => world.close())

it(`serves the unmodified mlflow ${MLFLOW_VERSION}: log, register, alias, load, search`, async () => {
  const { folder, tracking, registry, faults, root } = world
  const read = await runMlflowClient({ script: 'mlflow-client.py', server: root, cwd: folder })
  expect(faults).toEqual([])

  const run = await tracking.getRun(String(read['run_id']))
  expect(run).toMatchObject({
    name: 'ridge',
    status: 'FINISHED',
    params: { alpha: '0.5', window: '365d' },
  })
  expect(await registry.getByAlias('births', 'champion')).toMatchObject({
    version: 1,
    source: `models:/${String(read['model_id'])}`,
    runId: run.id,
    location: `mlflow-artifacts:/${run.experimentId}/models/${String(read['model_id'])}/artifacts`,
  })
  const files = await readdir(
    join(folder, 'artifacts', run.experimentId, 'models', String(read['model_id']), 'artifacts'),
  )
  expect(files).toContain('MLmodel')
})
