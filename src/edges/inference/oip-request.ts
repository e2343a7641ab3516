import {
  elementCount,
  isDatatype,
  parseTensorData,
  servingErrors,
  type Tensor,
} from '../../capabilities/serving/index.ts'
import { asArray, asRecord, asText, type JsonRecord } from './json-body.ts'

/** The body of `POST /v2/models/NAME/infer`, checked as far as that needs no model. */
export interface OipRequest {
  readonly id: string | null
  readonly key: string | null
  readonly inputs: readonly Tensor[]
  /** Names of the wanted outputs, in their order; `null` for all. */
  readonly outputs: readonly string[] | null
}

const MOST_DIMENSIONS = 32
export const LONGEST_KEY = 256

/** Throws SERVING_REQUEST_INVALID with the path of the field. Unknown fields are left alone. */
export function parseOipRequest(body: unknown): OipRequest {
  const request = asRecord(body, '')
  const inputs = asArray(request['inputs'], 'inputs')
  return {
    id: request['id'] === undefined ? null : asText(request['id'], 'id'),
    key: keyOf(request['parameters']),
    inputs: inputs.map((input, index) => parseTensor(asRecord(input, `inputs[${index}]`), index)),
    outputs: wantedOutputs(request['outputs']),
  }
}

function keyOf(parameters: unknown): string | null {
  if (parameters === undefined) return null
  const key = asRecord(parameters, 'parameters')['key']
  if (key === undefined) return null
  return asText(typeof key === 'number' ? String(key) : key, 'parameters.key', LONGEST_KEY)
}

function wantedOutputs(outputs: unknown): readonly string[] | null {
  if (outputs === undefined) return null
  const names = asArray(outputs, 'outputs').map((output, index) =>
    asText(asRecord(output, `outputs[${index}]`)['name'], `outputs[${index}].name`),
  )
  if (new Set(names).size !== names.length)
    throw servingErrors.SERVING_REQUEST_INVALID({
      detail: 'an output is asked for twice',
      path: 'outputs',
    })
  return names.length === 0 ? null : names
}

function parseTensor(input: JsonRecord, index: number): Tensor {
  const path = `inputs[${index}]`
  const name = asText(input['name'], `${path}.name`)
  const datatype = input['datatype']
  if (!isDatatype(datatype)) throw unknownDatatype(datatype, path)
  const shape = parseShape(input['shape'], `${path}.shape`)
  const values = flatten(input['data'], shape, `${path}.data`)
  return { name, datatype, shape, data: parseTensorData(datatype, values, `${path}.data`) }
}

function unknownDatatype(datatype: unknown, path: string) {
  const detail =
    datatype === 'FP16' || datatype === 'BF16'
      ? `${datatype} has no form in JSON`
      : `${String(JSON.stringify(datatype)).slice(0, 60)} is not a datatype of the protocol`
  return servingErrors.SERVING_REQUEST_INVALID({
    detail,
    path: `${path}.datatype`,
    next: 'Use BOOL, INT8 to INT64, UINT8 to UINT64, FP32, FP64 or BYTES.',
  })
}

function parseShape(value: unknown, path: string): readonly number[] {
  const shape = asArray(value, path)
  const good = shape.every(
    (size) => Number.isInteger(size) && (size as number) >= 0 && (size as number) < 2 ** 31,
  )
  if (good && shape.length <= MOST_DIMENSIONS) return shape as readonly number[]
  throw servingErrors.SERVING_REQUEST_INVALID({
    detail: `a shape is up to ${MOST_DIMENSIONS} integers from 0 to 2147483647`,
    path,
  })
}

/** Row-major values from data that is flat, or nested as the shape says. */
function flatten(data: unknown, shape: readonly number[], path: string): readonly unknown[] {
  const values = asArray(data, path)
  const count = elementCount(shape)
  const nested = Array.isArray(values[0])
  if (!nested && values.length === count) return values
  if (!nested) throw wrongSize(`${values.length} values, where the shape makes ${count}`, path)
  const flat: unknown[] = []
  append(flat, values, shape, path)
  return flat
}

// The depth of the recursion is the number of dimensions, which is bounded.
function append(flat: unknown[], data: unknown, shape: readonly number[], path: string): void {
  const [size, ...inner] = shape
  const values = asArray(data, path)
  if (values.length !== size)
    throw wrongSize(`${values.length} entries, where the shape says ${size ?? 'none'}`, path)
  if (inner.length === 0) for (const value of values) flat.push(value)
  else values.forEach((value, index) => append(flat, value, inner, `${path}[${index}]`))
}

function wrongSize(detail: string, path: string) {
  return servingErrors.SERVING_REQUEST_INVALID({ detail, path })
}
