import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { ModelVersion } from '../../capabilities/registry/index.ts'
import { proxiedPath } from '../../capabilities/tracking/index.ts'
import type { ModelField, ModelFile, Passport } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { parseModelFile } from './model-file.ts'

type Deps = Pick<ApiDeps, 'artifacts' | 'tracking'>

/** What a version takes and gives; `null` where nobody says. */
export async function readSignature(
  deps: Deps,
  version: ModelVersion,
  serving: Passport['serving'],
): Promise<ModelFile | null> {
  const written = await readModelFile(deps, version)
  if (written !== null || serving?.role !== 'champion' || serving.url === null) return written
  return askDataPlane(serving.url, serving.endpoint)
}

const MOST_BYTES = 1_000_000

/** The file MLmodel beside the model. */
async function readModelFile(deps: Deps, { location }: ModelVersion): Promise<ModelFile | null> {
  try {
    const folder = proxiedPath(await addressOf(deps, location))
    if (folder === null) return null
    const path = `${folder}/MLmodel`
    const { stream, size } = await deps.artifacts.read(path)
    if (size > MOST_BYTES) {
      stream.destroy()
      return null
    }
    return parseModelFile(await text(stream), path)
  } catch {
    // A version without such a file is as good as one whose file cannot be read: it has no signature.
    return null
  }
}

/** `runs:/ID/model` is a folder of that run. */
async function addressOf({ tracking }: Deps, location: string): Promise<string> {
  const match = /^runs:\/+([^/]+)\/(.+)$/.exec(location)
  if (match === null) return location
  const [, id = '', path = ''] = match
  return `${(await tracking.getRunInfo(id)).artifactUri}/${path}`
}

const tensorsSchema = z.array(
  z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.number()) }),
)
const metadataSchema = z.object({ inputs: tensorsSchema, outputs: tensorsSchema })
const PATIENCE_MS = 800

/** An ONNX model says itself what it takes, to whoever loaded it: the Open Inference Protocol's metadata. */
async function askDataPlane(url: string, endpoint: string): Promise<ModelFile | null> {
  const address = `${url}/v2/models/${encodeURIComponent(endpoint)}`
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) })
    const { inputs, outputs } = metadataSchema.parse(await response.json())
    return {
      flavors: [{ name: 'onnx', version: null }],
      inputs: inputs.map(toField),
      outputs: outputs.map(toField),
      params: [],
      has_signature: true,
      mlflow_version: null,
      python_version: null,
      created: null,
      model_id: null,
      size: null,
    }
  } catch {
    return null
  }
}

function toField({ name, datatype, shape }: z.infer<typeof tensorsSchema>[number]): ModelField {
  return { name, type: datatype, required: true, shape }
}
