import type { Run } from '../../capabilities/tracking/index.ts'
import { parseJson } from '../../base/json.ts'
import type { ClientEnvironment } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { parseModelFile } from './model-file.ts'

type Deps = Pick<ApiDeps, 'tracking' | 'artifacts'>

const MOST_BYTES = 256 * 1024
const MOST_REQUIREMENTS = 500
const HISTORY_TAG = 'mlflow.log-model.history'

interface ModelFolder {
  readonly name: string
  readonly uri: string
}

/** Python and packages as the first model says that the run logged: nothing else of a run tells them. */
export async function readEnvironment(
  deps: Deps,
  run: Run,
  client: string | null,
): Promise<ClientEnvironment> {
  const nothing = { mlflow_version: null, python_version: null, requirements: [], from: null }
  for (const folder of await modelFolders(deps, run)) {
    const file = await readSmall(deps, folder, 'MLmodel')
    if (file === null) continue
    const { mlflow_version, python_version } = parsed(file)
    const requirements = requirementsIn(await readSmall(deps, folder, 'requirements.txt'))
    return { client, mlflow_version, python_version, requirements, from: folder.name }
  }
  return { client, ...nothing }
}

async function modelFolders({ tracking }: Deps, run: Run): Promise<readonly ModelFolder[]> {
  const logged = run.modelOutputs.map(async ({ modelId }) => {
    const model = await tracking.getLoggedModel(modelId, true).catch(() => null)
    return model === null ? [] : [{ name: modelId, uri: model.artifactUri }]
  })
  // Clients before MLflow 3 keep a model among the files of its run.
  const inRun = pathsIn(run.tags[HISTORY_TAG]).map((path) => ({
    name: path,
    uri: `${run.artifactUri}/${path}`,
  }))
  return [...(await Promise.all(logged)).flat(), ...inRun]
}

function pathsIn(history: string | undefined): readonly string[] {
  const models = parseJson(history ?? '')
  if (!Array.isArray(models)) return []
  return models.flatMap((model: unknown) => {
    const path = (model as { artifact_path?: unknown } | null)?.artifact_path
    return typeof path === 'string' && path !== '' ? [path] : []
  })
}

async function readSmall(
  { artifacts }: Deps,
  { uri }: ModelFolder,
  name: string,
): Promise<string | null> {
  const path = artifacts.pathOf(uri)
  if (path === null) return null
  const file = await artifacts.read(`${path}/${name}`).catch(() => null)
  if (file === null) return null
  if (file.size > MOST_BYTES) {
    file.stream.destroy()
    return null
  }
  const parts: Buffer[] = []
  for await (const part of file.stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function parsed(text: string): Pick<ClientEnvironment, 'mlflow_version' | 'python_version'> {
  try {
    return parseModelFile(text, 'MLmodel')
  } catch {
    return { mlflow_version: null, python_version: null }
  }
}

function requirementsIn(text: string | null): readonly string[] {
  const lines = (text ?? '').split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#')).slice(0, MOST_REQUIREMENTS)
}
