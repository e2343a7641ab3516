import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { type MlflowWorld, openMlflowWorld } from '../../src/edges/mlflow/world.testing.ts'
import { pythonTool } from './python-tool.ts'

const CLIENT = fileURLToPath(new URL('mlflow-client.py', import.meta.url))

let world: MlflowWorld

beforeAll(async () => {
  world = await openMlflowWorld(systemClock)
})
afterAll(() => world.close())

it(`serves the unmodified mlflow ${MLFLOW_VERSION}: log, register, alias, load, search`, async () => {
  const python = join(dirname(pythonTool(`mlflow==${MLFLOW_VERSION}`, 'mlflow')), 'python')
  const { folder, tracking, registry, faults, root } = world
  const { stdout } = await promisify(execFile)(python, [CLIENT], {
    cwd: folder,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: root,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      MLFLOW_ALLOW_PICKLE_DESERIALIZATION: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  }).catch((error: { stderr?: string }) => {
    throw new Error(`The client failed:\n${error.stderr ?? String(error)}`, { cause: error })
  })
  expect(faults).toEqual([])

  const read = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, string>
  const run = await tracking.getRun(read['run_id'] ?? '')
  expect(run).toMatchObject({
    name: 'ridge',
    status: 'FINISHED',
    params: { alpha: '0.5', window: '365d' },
  })
  expect(await registry.getByAlias('births', 'champion')).toMatchObject({
    version: 1,
    source: `models:/${read['model_id']}`,
    runId: run.id,
    location: `mlflow-artifacts:/${run.experimentId}/models/${read['model_id']}/artifacts`,
  })
  const files = await readdir(
    join(folder, 'artifacts', run.experimentId, 'models', read['model_id'] ?? '', 'artifacts'),
  )
  expect(files).toContain('MLmodel')
})
