import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pythonOf, tools } from './tools.ts'

export interface ClientRun {
  readonly script: string
  readonly args?: readonly string[]
  /** Address of the server. */
  readonly server: string
  readonly cwd: string
}

/** Runs a script of this folder with the unmodified client; its last line is what it saw, as JSON. */
export async function runMlflowClient({ script, args = [], server, cwd }: ClientRun) {
  const python = pythonOf(tools.mlflow())
  const file = fileURLToPath(new URL(script, import.meta.url))
  const { stdout } = await promisify(execFile)(python, [file, ...args], {
    cwd,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: server,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      MLFLOW_ALLOW_PICKLE_DESERIALIZATION: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  }).catch((error: { stderr?: string }) => {
    throw new Error(`The client failed:\n${error.stderr ?? String(error)}`, { cause: error })
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
}
