/**
 * The model registry through MLflow's REST API, ours beside MLflow's own server. `node bench/tracking-registry.bench.ts`
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './measure.ts'
import { load } from './tracking/load.ts'
import {
  startMlflow,
  startRatchet,
  temporaryFolder,
  type TrackingServer,
} from './tracking/servers.ts'

const VERSIONS = 500

interface Seen {
  readonly created: number
  readonly byAlias: number
  readonly search: number
}

const folder = temporaryFolder()
try {
  const theirs = await measure(await startMlflow(join(folder, 'mlflow')))
  const ours = await measure(await startRatchet(folder))
  const say = (
    measure: string,
    of: keyof Seen,
    rest: { unit: string; reach: { at_least: number } | { at_most: number } },
  ) =>
    report({
      measure,
      ours: ours?.[of] ?? Number.NaN,
      ...rest,
      ...(theirs === null ? {} : { peer: { name: 'MLflow', value: theirs[of] } }),
    })
  say('create model version', 'created', { unit: '/s', reach: { at_least: 2000 } })
  say('get by alias, p50', 'byAlias', { unit: 'ms', reach: { at_most: 0.4 } })
  say(`search versions, 100 of ${VERSIONS}, p50`, 'search', { unit: 'ms', reach: { at_most: 2 } })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(server: TrackingServer | null): Promise<Seen | null> {
  if (server === null) return null
  try {
    const { per_second: created } = await load(server, { scenario: 'model_versions' })
    await fill(server)
    const alias = '/registered-models/alias?name=filled&alias=best'
    const byAlias = await load(server, { scenario: 'asked', args: [alias] })
    const filter = encodeURIComponent("name = 'filled'")
    const versions = `/model-versions/search?filter=${filter}&max_results=100`
    const search = await load(server, { scenario: 'asked', args: [versions] })
    return { created, byAlias: byAlias.p50, search: search.p50 }
  } finally {
    await server.stop()
  }
}

async function fill({ port }: TrackingServer): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
    return answer.json()
  }
  await ask('/registered-models/create', { name: 'filled' })
  const { run } = (await ask('/runs/create', { experiment_id: '0' })) as {
    run: { info: { run_id: string; artifact_uri: string } }
  }
  const version = {
    name: 'filled',
    source: `${run.info.artifact_uri}/model`,
    run_id: run.info.run_id,
  }
  for (let count = 0; count < VERSIONS; count += 1) await ask('/model-versions/create', version)
  await ask('/registered-models/alias', { name: 'filled', alias: 'best', version: '7' })
}
