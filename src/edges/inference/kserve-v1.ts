import {
  parseTensorData,
  servingErrors,
  toColumn,
  type ModelSignature,
  type Tensor,
  type TensorSpec,
} from '../../capabilities/serving/index.ts'
import { json, readBody, requireJson } from './exchange.ts'
import type { Handler } from './gateway-app.ts'
import { asArray, asRecord, parseBody, type JsonRecord } from './json-body.ts'
import { findEndpoint, headerKey, noRoute, predictionHeaders } from './oip.ts'

/** `GET /v1/models/NAME`, KServe's first protocol. */
export const modelV1: Handler = (app, _request, segments) => {
  const [, , name = '', ...rest] = segments
  if (rest.length > 0) throw noRoute(segments)
  const endpoint = findEndpoint(app, name)
  const ready = endpoint.champion.status().status === 'ready'
  return json({ name, ready }, ready ? 200 : 503)
}

/** `POST /v1/models/NAME:predict` with `{"instances": [row, ...]}`: a row is an object, an array or a value. */
export const predictV1: Handler = async (app, request, segments) => {
  requireJson(request)
  const body = asRecord(parseBody(await readBody(request)), '')
  const [, , target = '', ...rest] = segments
  if (!target.endsWith(':predict') || rest.length > 0) throw noRoute(segments)
  const endpoint = findEndpoint(app, target.slice(0, -':predict'.length))
  const rows = asArray(body['instances'], 'instances')
  const signature = endpoint.champion.signature() ?? { inputs: [], outputs: [] }
  const prediction = await app.predictor.predict({
    endpoint: endpoint.name,
    version: null,
    key: headerKey(request),
    inputs: rowsToTensors(signature, rows),
  })
  if (!prediction.logged) app.metrics.unlogged()
  return {
    ...json({ predictions: toPredictions(prediction.outputs, rows.length) }),
    headers: predictionHeaders(prediction),
  }
}

function rowsToTensors(signature: ModelSignature, rows: readonly unknown[]): readonly Tensor[] {
  const [only, ...others] = signature.inputs
  const single = others.length === 0 ? only : undefined
  return signature.inputs.map((spec) => {
    const cells = rows.map((row, index) => cell(row, spec, { single, path: `instances[${index}]` }))
    const width = spec.shape
      .slice(1)
      .map((size, axis) => (typeof size === 'number' ? size : innerSize(cells[0], axis)))
    const values = cells.flat(MOST_NESTED) as readonly unknown[]
    const shape = [rows.length, ...width]
    if (values.length !== shape.reduce((product, size) => product * size, 1))
      throw servingErrors.SERVING_REQUEST_INVALID({
        detail: `${values.length} values for ${rows.length} rows of shape [${width.join(', ')}]`,
        path: `instances[*].${spec.name}`,
      })
    const data = parseTensorData(spec.datatype, values, `instances.${spec.name}`)
    return { name: spec.name, datatype: spec.datatype, shape, data }
  })
}

const MOST_NESTED = 8

function innerSize(value: unknown, axis: number): number {
  let inner = value
  for (let depth = 0; depth < axis; depth++) inner = Array.isArray(inner) ? inner[0] : undefined
  return Array.isArray(inner) ? inner.length : 1
}

function cell(
  row: unknown,
  spec: TensorSpec,
  { single, path }: { single: TensorSpec | undefined; path: string },
): unknown {
  const isObject = typeof row === 'object' && row !== null && !Array.isArray(row)
  if (single !== undefined && !isObject) return row
  const record: JsonRecord = asRecord(row, path)
  if (Object.hasOwn(record, spec.name)) return record[spec.name]
  throw servingErrors.SERVING_INPUT_MISMATCH({
    detail: `the row lacks ${spec.name}`,
    path: `${path}.${spec.name}`,
  })
}

/** One entry a row: the value where the model has one output, else an object by output. */
function toPredictions(outputs: readonly Tensor[], rows: number): readonly unknown[] {
  const columns = outputs.map((output) => [output.name, toColumn(output)] as const)
  const [only, ...others] = columns
  if (only !== undefined && others.length === 0) return only[1]
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[row]])),
  )
}
