import {
  servingErrors,
  type Datatype,
  type LiveEndpoint,
  type NumericData,
  type Prediction,
  type Tensor,
  type TensorSpec,
} from '../../capabilities/serving/index.ts'

/** The body of an answer. Values that are not finite numbers are `null`, as everywhere in JSON. */
export function oipResponse(
  prediction: Prediction,
  { name, id, outputs }: { name: string; id: string | null; outputs: readonly string[] | null },
): string {
  const chosen = chooseOutputs(prediction.outputs, outputs)
  const head = JSON.stringify({
    model_name: name,
    model_version: String(prediction.version),
    id: id ?? prediction.id,
  })
  return `${head.slice(0, -1)},"outputs":[${chosen.map(tensorJson).join(',')}]}`
}

function chooseOutputs(
  outputs: readonly Tensor[],
  names: readonly string[] | null,
): readonly Tensor[] {
  return names === null ? outputs : outputs.filter((output) => names.includes(output.name))
}

/** Throws SERVING_INPUT_MISMATCH on an output that the model does not have: before it is asked, not after. */
export function checkOutputs(endpoint: LiveEndpoint, names: readonly string[] | null): void {
  const known = endpoint.champion.signature()?.outputs ?? []
  const unknown = names?.find((name) => !known.some((output) => output.name === name))
  if (unknown === undefined || known.length === 0) return
  throw servingErrors.SERVING_INPUT_MISMATCH({
    detail: `the model has no output ${JSON.stringify(unknown.slice(0, 100))}; it has ${known.map((output) => output.name).join(', ')}`,
    path: 'outputs',
  })
}

function tensorJson(tensor: Tensor): string {
  const head = JSON.stringify({
    name: tensor.name,
    datatype: tensor.datatype,
    shape: tensor.shape,
  })
  return `${head.slice(0, -1)},"data":${dataJson(tensor)}}`
}

function dataJson({ datatype, data }: Tensor): string {
  // Bigints print all their digits this way, which JSON.stringify cannot.
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return `[${data.join(',')}]`
  const values: readonly unknown[] = Array.isArray(data) ? data : Array.from(data as NumericData)
  return JSON.stringify(datatype === 'BOOL' ? values.map((value) => value === 1) : values)
}

/** The answer to `GET /v2/models/NAME`. */
export function oipMetadata(endpoint: LiveEndpoint): unknown {
  const { routed, champion } = endpoint
  const signature = champion.signature()
  return {
    name: endpoint.name,
    versions: [
      routed.champion.version,
      ...(routed.rollout === null ? [] : [routed.rollout.version]),
    ].map(String),
    platform: 'onnxruntime_onnx',
    inputs: (signature?.inputs ?? []).map(specJson),
    outputs: (signature?.outputs ?? []).map(specJson),
  }
}

function specJson({ name, datatype, shape }: TensorSpec): {
  name: string
  datatype: Datatype
  shape: readonly number[]
} {
  return { name, datatype, shape: shape.map((size) => (typeof size === 'number' ? size : -1)) }
}
