/**
 * A loop of `start_run`, `log_params`, `log_metrics`, `end_run` with the real MLflow client, against ours and against
 * MLflow's own server; and how much of the time is spent waiting for our answers. `node bench/tracking-client.bench.ts`
 */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { report } from './measure.ts'
import {
  python,
  startMlflow,
  startRatchet,
  temporaryFolder,
  type TrackingServer,
} from './tracking/servers.ts'

interface Seen {
  readonly per_second: number
  /** Of the time, the share in which the client waited for an answer. */
  readonly waiting: number
}

const folder = temporaryFolder()
try {
  const peer = await startMlflow(join(folder, 'mlflow'))
  if (peer === null) throw new Error('This measures the real client: it needs Python with mlflow.')
  const theirs = await measure(peer)
  const ours = await measure(await startRatchet(folder))
  report({
    measure: 'loop of the real client: runs',
    ours: ours.per_second,
    unit: '/s',
    reach: { at_least: 40 },
    peer: { name: 'MLflow', value: theirs.per_second },
  })
  report({
    measure: 'of it, time spent waiting for the server',
    ours: ours.waiting * 100,
    unit: '%',
    peer: { name: 'MLflow', value: theirs.waiting * 100 },
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(server: TrackingServer): Promise<Seen> {
  try {
    const program = join(import.meta.dirname, 'tracking/client-loop.py')
    const env = {
      ...process.env,
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${server.port}`,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    }
    const { stdout } = await promisify(execFile)(python(), [program], { env, cwd: folder })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Seen
  } finally {
    await server.stop()
  }
}
