import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { createRegistry, type Registry } from '../../src/capabilities/registry/index.ts'
import {
  createArtifacts,
  createTracking,
  type Tracking,
} from '../../src/capabilities/tracking/index.ts'
import { MLFLOW_VERSION, mlflowProbes, mlflowRoutes } from '../../src/edges/mlflow/index.ts'
import { createEventLog } from '../../src/events/index.ts'
import { localBlobs } from '../../src/storage/blobs/index.ts'
import { testDatabase } from '../../src/storage/database/database.testing.ts'
import type { Database } from '../../src/storage/database/port.ts'
import { pythonTool } from './python-tool.ts'

const CLIENT = fileURLToPath(new URL('mlflow-client.py', import.meta.url))

let folder: string
let database: Database
let tracking: Tracking
let registry: Registry
let app: FastifyInstance
const faults: unknown[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-mlflow-'))
  database = await testDatabase()
  const { publish } = createEventLog(systemClock)
  const artifacts = createArtifacts(join(folder, 'artifacts'))
  tracking = createTracking({ database, clock: systemClock, publish })
  registry = createRegistry({
    database,
    clock: systemClock,
    publish,
    blobs: localBlobs(join(folder, 'artifacts/sha256')),
    findLoggedModel: tracking.findLoggedModelSource,
    localArtifacts: artifacts.localPath,
  })
  app = fastify()
  mlflowProbes(app)
  mlflowRoutes(app, {
    tracking,
    registry,
    artifacts,
    onFault: (error) => faults.push(error),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

it(`serves the unmodified mlflow ${MLFLOW_VERSION}: log, register, alias, load, search`, async () => {
  const python = join(dirname(pythonTool(`mlflow==${MLFLOW_VERSION}`, 'mlflow')), 'python')
  const { port } = app.server.address() as AddressInfo
  const { stdout } = await promisify(execFile)(python, [CLIENT], {
    cwd: folder,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`,
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
