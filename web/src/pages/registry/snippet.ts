import type { ModelField, Passport } from '../../../../src/edges/http/contract.ts'

export const LANGUAGES = [
  ['curl', 'curl'],
  ['python', 'Python'],
  ['typescript', 'TypeScript'],
] as const
export type Language = (typeof LANGUAGES)[number][0]

type Called = Pick<Passport, 'model' | 'version' | 'serving' | 'signature'>

/** The call of an endpoint that answers; of a version that does not, how it is loaded or served. */
export function snippetOf(passport: Called, language: Language, origin: string): string {
  const { model, version, serving, signature } = passport
  const url = serving?.url ?? null
  if (serving === null || url === null)
    return loading({ model, version, row: rowOf(signature) }, language, origin)
  const address = `${url}/v2/models/${encodeURIComponent(serving.endpoint)}/infer`
  const body = { inputs: (signature?.inputs ?? []).map(tensorOf) }
  return calling(address, body, language)
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

function calling(address: string, body: object, language: Language): string {
  const json = JSON.stringify(body, null, 2)
  switch (language) {
    case 'curl':
      return `curl -s ${address} \\\n  -H 'content-type: application/json' \\\n  -d '${json.replaceAll("'", "'\\''")}'`
    case 'python':
      return `import requests\n\nanswer = requests.post(\n    "${address}",\n    json=${pythonOf(json)},\n)\nanswer.raise_for_status()\nprint(answer.json()["outputs"], answer.headers["x-ratchet-model-version"])`
    case 'typescript':
      return `const answer = await fetch('${address}', {\n  method: 'POST',\n  headers: { 'content-type': 'application/json' },\n  body: JSON.stringify(${json.replaceAll('\n', '\n  ')}),\n})\nif (!answer.ok) throw new Error(await answer.text())\nconsole.log((await answer.json()).outputs, answer.headers.get('x-ratchet-model-version'))`
  }
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
      return `import { createClient } from 'ratchet/client'\n\nconst client = createClient({ trackingUri: '${origin}' })\nconst version = await client.getModelVersion(${JSON.stringify(model)}, '${version}')\nconsole.log(version.source, version.aliases)`
  }
}
