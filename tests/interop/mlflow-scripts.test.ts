import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { type MlflowWorld, openMlflowWorld } from '../../src/edges/mlflow/world.testing.ts'
import { freePort } from '../free-port.ts'
import { MLFLOW2_VERSION, tools } from './tools.ts'

describe.each([MLFLOW_VERSION, MLFLOW2_VERSION])(
  'the scripts of tutorials, with mlflow %s',
  (version) => {
    let world: MlflowWorld
    let mlflow: string
    beforeAll(async () => {
      mlflow = version === MLFLOW_VERSION ? tools.mlflow() : tools.mlflow2()
      world = await openMlflowWorld(systemClock)
    })
    afterAll(async () => {
      expect(world.faults).toEqual([])
      await world.close()
    })

    const environment = () => ({
      ...process.env,
      MLFLOW_TRACKING_URI: world.root,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      MLFLOW_ALLOW_PICKLE_DESERIALIZATION: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      PATH: `${dirname(mlflow)}:${process.env['PATH'] ?? ''}`,
    })

    async function run(command: string, ...words: readonly string[]): Promise<string> {
      const options = { cwd: world.folder, env: environment(), maxBuffer: 1 << 26 }
      const { stdout } = await promisify(execFile)(command, words, options).catch(
        (error: { stderr?: string }) => {
          throw new Error(`${words.join(' ')} failed:\n${error.stderr ?? String(error)}`, {
            cause: error,
          })
        },
      )
      return stdout
    }

    /** Runs a script of this folder; what its last line says. */
    async function script(name: string): Promise<Record<string, unknown>> {
      const file = fileURLToPath(new URL(`mlflow-scripts/${name}.py`, import.meta.url))
      const output = await run(join(dirname(mlflow), 'python'), file)
      return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
    }

    it('log a churn classifier with its data pointer', async () => {
      const { run_id, pointer } = await script('churn')
      const logged = await world.tracking.getRun(String(run_id))
      expect(logged).toMatchObject({
        name: 'forest',
        status: 'FINISHED',
        params: { n_estimators: '20', max_depth: '4' },
      })
      const folder = world.artifacts.localPath(logged.artifactUri) ?? ''
      expect(readFileSync(join(folder, 'churn.csv.dvc'), 'utf8')).toBe(pointer)
      expect(await world.registry.getVersion('churn_model', 1)).toMatchObject({
        stage: 'Production',
        runId: run_id,
      })
    })

    it('promote the better model to Staging', async () => {
      const { run_id, promoted, staged, plain } = await script('promote')
      expect(promoted).toEqual([2, null])
      expect([staged, plain]).toEqual([[2], 3])
      const version = await world.registry.getVersion('churn_model', 2)
      expect(version).toMatchObject({ stage: 'Staging', runId: run_id })
      // What the loop reads of it is here, however the client named it.
      expect(existsSync(join(world.artifacts.localPath(version.location) ?? '', 'MLmodel'))).toBe(
        true,
      )
    })

    it('list and fetch from the shell', async () => {
      const experiments = await run(mlflow, 'experiments', 'search')
      const id = /^(\d+)\s+churn_prediction/m.exec(experiments)?.[1] ?? ''
      const [runId = ''] =
        /[0-9a-f]{32}/.exec(await run(mlflow, 'runs', 'list', '--experiment-id', id)) ?? []
      const described = JSON.parse(
        await run(mlflow, 'runs', 'describe', '--run-id', runId),
      ) as object
      expect(described).toMatchObject({ info: { run_id: runId, experiment_id: id } })
      const [first] = (
        await world.tracking.searchRuns({ experimentIds: [id], filter: "run_name = 'forest'" })
      ).items
      const files = await run(mlflow, 'artifacts', 'list', '--run-id', first?.id ?? '')
      expect(files).toContain('churn.csv.dvc')
      const words = [
        '--run-id',
        first?.id ?? '',
        '--artifact-path',
        'churn.csv.dvc',
        '-d',
        'fetched',
      ]
      await run(mlflow, 'artifacts', 'download', ...words)
      expect(existsSync(join(world.folder, 'fetched/churn.csv.dvc'))).toBe(true)
    })

    if (version !== MLFLOW_VERSION) return

    it('log a forecaster with signature and example', async () => {
      const { run_id, model_id } = await script('forecast')
      expect(await world.registry.getByAlias('demand_model', 'champion')).toMatchObject({
        version: 1,
        runId: run_id,
        loggedModelId: model_id,
      })
      const history = await world.tracking.getMetricHistory(String(run_id), { key: 'forecast' })
      expect(history.items.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    })

    it.runIf(version === MLFLOW_VERSION)(
      'autolog, nest, log from threads and in the background',
      async () => {
        const { untrusted } = await script('habits')
        expect(untrusted).toBe('FAILED')
      },
    )

    it.runIf(version === MLFLOW_VERSION)(
      'serve a registered model by `mlflow models serve`',
      async () => {
        const port = await freePort()
        const words = ['models', 'serve', '-m', 'models:/demand_model@champion', '-p', String(port)]
        const server = spawn(mlflow, [...words, '--env-manager', 'local'], {
          cwd: world.folder,
          env: environment(),
          stdio: 'ignore',
          detached: true,
        })
        try {
          await answering(server, `http://127.0.0.1:${port}/ping`)
          const response = await fetch(`http://127.0.0.1:${port}/invocations`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"dataframe_split": {"columns": ["lag_1", "lag_7"], "data": [[10.0, 4.0]]}}',
          })
          const { predictions } = (await response.json()) as { predictions: readonly number[] }
          expect(predictions[0]).toBeCloseTo(10 * 0.7 + 4 * 0.3 + 1, 1)
        } finally {
          // It starts a server of its own below itself.
          process.kill(-(server.pid ?? 0))
        }
      },
    )
  },
)

async function answering(server: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 600 && server.exitCode === null; tries += 1) {
    const response = await fetch(url).catch(() => null)
    if (response?.ok === true) return
    await setTimeout(100)
  }
  throw new Error('`mlflow models serve` did not start')
}
