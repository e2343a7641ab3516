/**
 * The model registry through MLflow's REST API, ours beside MLflow's own server. `node bench/tracking-registry.bench.ts`
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Measure, report } from './measure.ts'
import { type Load, load, peerOf } from './tracking/load.ts'
import {
  startMlflow,
  startRatchet,
  temporaryFolder,
  type TrackingServer,
} from './tracking/servers.ts'

const VERSIONS = 500

interface Seen {
  readonly created: Load
  readonly byAlias: Load
  readonly search: Load
}

const folder = temporaryFolder()
try {
  const theirs = await measure(await startMlflow(join(folder, 'mlflow')))
  const ours = await measure(await startRatchet(folder))
  if (ours === null) throw new Error('our server did not start')
  const say = (
    asked: Omit<Measure, 'ours' | 'peer'>,
    of: keyof Seen,
    figure: (seen: Load) => number,
  ): void =>
    report({
      ...asked,
      ours: figure(ours[of]),
      ...(theirs === null ? {} : { peer: peerOf(figure(theirs[of]), theirs[of]) }),
    })
  const p50 = (seen: Load): number => seen.p50
  const create = { measure: 'create model version', unit: '/s', reach: { at_least: 2000 } }
  say(create, 'created', (seen) => seen.per_second)
  say({ measure: 'get by alias, p50', unit: 'ms', reach: { at_most: 0.4 } }, 'byAlias', p50)
  const search = `search versions, 100 of ${VERSIONS}, p50`
  say({ measure: search, unit: 'ms', reach: { at_most: 2 } }, 'search', p50)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(server: TrackingServer | null): Promise<Seen | null> {
  if (server === null) return null
  try {
    const created = await load(server, { scenario: 'model_versions' })
    await fill(server)
    const alias = '/registered-models/alias?name=filled&alias=best'
    const byAlias = await load(server, { scenario: 'asked', args: [alias] })
    const filter = encodeURIComponent("name = 'filled'")
    const versions = `/model-versions/search?filter=${filter}&max_results=100`
    const search = await load(server, { scenario: 'asked', args: [versions] })
    return { created, byAlias, search }
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
