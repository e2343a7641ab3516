import type { ModelField, ModelFile, Passport } from '../../../../src/edges/http/contract.ts'

export const LANGUAGES = [
  ['curl', 'curl'],
  ['python', 'Python'],
  ['typescript', 'TypeScript'],
] as const
export type Language = (typeof LANGUAGES)[number][0]

/** What of a passport a call is made of. */
export interface Called extends Pick<Passport, 'model' | 'version' | 'serving' | 'location'> {
  readonly signature: Pick<ModelFile, 'inputs'> | null
}

/** The call of an endpoint that answers; of a version that does not, how it is loaded or served. */
export function snippetOf(passport: Called, language: Language, origin: string): string {
  const { model, version, serving, signature, location } = passport
  const url = serving?.url ?? null
  const inputs = (signature?.inputs ?? []).map(tensorOf)
  if (serving !== null && url !== null)
    return calling({ url, endpoint: serving.endpoint, inputs }, language)
  if (location.startsWith('sha256:')) return onceItAnswers(passport, inputs, language)
  return loading({ model, version, row: rowOf(signature) }, language, origin)
}

const EXAMPLES: Readonly<Record<string, unknown>> = { BYTES: 'text', BOOL: true }
const OIP_TYPES: Readonly<Record<string, string>> = {
  double: 'FP64',
  float: 'FP32',
  float64: 'FP64',
  float32: 'FP32',
  long: 'INT64',
  int64: 'INT64',
  integer: 'INT32',
  int32: 'INT32',
  boolean: 'BOOL',
  string: 'BYTES',
}

/** One row of zeros in the shape that is asked for, so that the call can be tried as it is. */
function tensorOf({ name, type, shape }: ModelField, index: number) {
  const datatype = OIP_TYPES[type] ?? type
  const sizes = (shape ?? [1]).map((size) => (size < 0 ? 1 : size))
  const length = Math.min(
    16,
    sizes.reduce((product, size) => product * size, 1),
  )
  const data = Array.from({ length }, () => EXAMPLES[datatype] ?? 0)
  return { name: name ?? `input-${index}`, datatype, shape: sizes, data }
}

interface Call {
  readonly url: string
  readonly endpoint: string
  readonly inputs: readonly object[]
}

/** Asks, and tells later what came true: quality is known only of answers whose truth was told. */
function calling({ url, endpoint, inputs }: Call, language: Language): string {
  const address = `${url}/v2/models/${encodeURIComponent(endpoint)}/infer`
  const json = `{\n  "inputs": ${listOf(inputs)}\n}`
  switch (language) {
    case 'curl':
      return `curl -si ${address} \\
  -H 'content-type: application/json' \\
  -d '${json.replaceAll("'", "'\\''")}'

# What came true, later; the id is the header x-ratchet-prediction-id of the answer.
curl -s ${url}/feedback \\
  -H 'content-type: application/json' \\
  -d '[{ "prediction_id": "pred_…", "label": 1 }]'`
    case 'python':
      return `import requests

answer = requests.post(
    "${address}",
    json=${pythonOf(json)},
)
answer.raise_for_status()
print(answer.json()["outputs"], answer.headers["x-ratchet-model-version"])

# What came true, later.
prediction = answer.headers["x-ratchet-prediction-id"]
requests.post("${url}/feedback", json=[{"prediction_id": prediction, "label": 1}])`
    case 'typescript':
      return `import { createClient } from 'ratchet/client'

const client = createClient({ inferenceUri: '${url}' })
const { predictionId, modelVersion, outputs } = await client.predict(
  ${quoted(endpoint)},
  ${listOf(inputs)},
)
console.log(outputs, modelVersion)

// What came true, later.
await client.feedback([{ predictionId, label: 1 }])`
  }
}

/** Where the inference plane is unless told otherwise. */
const USUAL_PLANE = 'http://127.0.0.1:8080'

/** A file that only the endpoint reads: it is called once it answers, and the command says how it comes to that. */
function onceItAnswers({ model, version }: Called, inputs: readonly object[], language: Language) {
  const sign = language === 'typescript' ? '//' : '#'
  const call = calling({ url: USUAL_PLANE, endpoint: model, inputs }, language)
  return `${sign} Once it is through its gate: ratchet promote ${model} --version ${version}\n${call}`
}

/** One tensor a line: a shape of one number a line is nothing to read. */
function listOf(inputs: readonly object[]): string {
  const spaced = (one: object): string =>
    JSON.stringify(one, null, 1)
      .replaceAll(/\n\s*/g, ' ')
      .replaceAll(/\[ | \]/g, (part) => part.trim())
  return inputs.length === 0
    ? '[]'
    : `[\n${inputs.map((one) => `    ${spaced(one)}`).join(',\n')}\n  ]`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function pythonOf(json: string): string {
  return json
    .replaceAll('\n', '\n    ')
    .replace(/\btrue\b/g, 'True')
    .replace(/\bfalse\b/g, 'False')
    .replace(/\bnull\b/g, 'None')
}

/** One row of examples, by the names of the inputs. */
function rowOf(signature: Called['signature']): Readonly<Record<string, unknown>> {
  const named = (signature?.inputs ?? []).filter(({ name }) => name !== null)
  return Object.fromEntries(
    named.map(({ name, type }) => [name, EXAMPLES[OIP_TYPES[type] ?? type] ?? 0]),
  )
}

interface Loaded {
  readonly model: string
  readonly version: number
  readonly row: Readonly<Record<string, unknown>>
}

function loading({ model, version, row }: Loaded, language: Language, origin: string): string {
  const uri = `models:/${model}/${version}`
  switch (language) {
    case 'curl':
      return `MLFLOW_TRACKING_URI=${origin} mlflow models serve -m '${uri}' -p 5001 --env-manager local &\ncurl -s http://127.0.0.1:5001/invocations \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify({ dataframe_records: [row] })}'`
    case 'python':
      return `import mlflow\nimport pandas as pd\n\nmlflow.set_tracking_uri("${origin}")\nmodel = mlflow.pyfunc.load_model(${JSON.stringify(uri)})\nprint(model.predict(pd.DataFrame([${pythonOf(JSON.stringify(row))}])))`
    case 'typescript':
      return `// MLFLOW_TRACKING_URI=${origin} mlflow models serve -m '${uri}' -p 5001 --env-manager local
const answer = await fetch('http://127.0.0.1:5001/invocations', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(${JSON.stringify({ dataframe_records: [row] })}),
})
if (!answer.ok) throw new Error(await answer.text())
console.log(await answer.json())`
  }
}
