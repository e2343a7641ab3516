import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { servingErrors } from '../errors.ts'
import type {
  Datatype,
  Dimension,
  ModelSignature,
  Tensor,
  TensorData,
  TensorSpec,
} from '../tensors.ts'

export interface OnnxSession {
  readonly signature: ModelSignature
  /** Blocks while it computes (onnxruntime-node has no other way). Rejects with ONNX Runtime's own error. */
  run(inputs: readonly Tensor[]): Promise<readonly Tensor[]>
}

const FROM_ORT: Readonly<Record<string, Datatype>> = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
}
const TO_ORT = Object.fromEntries(Object.entries(FROM_ORT).map(([ort, ours]) => [ours, ort]))

// One thread a model: the gateway scales by processes, and spinning threads would starve it.
const OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
  enableMemPattern: false,
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
} as const

/**
 * Loads a model from verified bytes, never from a path, so that the file cannot change in between.
 * Throws SERVING_MODEL_CORRUPT or SERVING_MODEL_UNSUPPORTED. Only for the runner process: a hostile
 * file can corrupt the process that loads it.
 */
export async function openSession(bytes: Uint8Array): Promise<OnnxSession> {
  const session = await create(bytes)
  const inputs = session.inputMetadata.map(requiredSpec)
  // Maps and sequences (ZipMap) cannot be read from Node: such outputs are left out.
  const outputs = session.outputMetadata.flatMap((metadata) => tensorSpec(metadata) ?? [])
  if (outputs.length === 0)
    throw servingErrors.SERVING_MODEL_UNSUPPORTED({ detail: 'no output of the model is a tensor' })
  const names = outputs.map((output) => output.name)
  return {
    signature: { inputs, outputs },
    async run(tensors) {
      const feeds: Record<string, OrtTensor> = Object.create(null)
      for (const tensor of tensors) feeds[tensor.name] = toOrt(tensor)
      const found = await session.run(feeds, names)
      return outputs.map((spec) => fromOrt(spec, found[spec.name]))
    },
  }
}

async function create(bytes: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, OPTIONS)
  } catch (error) {
    throw servingErrors.SERVING_MODEL_CORRUPT({ detail: String(error), cause: error })
  }
}

function tensorSpec(metadata: InferenceSession.ValueMetadata): TensorSpec | null {
  if (!metadata.isTensor) return null
  const datatype = FROM_ORT[metadata.type]
  if (datatype === undefined) return null
  const shape: readonly Dimension[] = metadata.shape.map((dimension) => dimension ?? '')
  return { name: metadata.name, datatype, shape }
}

function requiredSpec(metadata: InferenceSession.ValueMetadata): TensorSpec {
  const spec = tensorSpec(metadata)
  if (spec !== null) return spec
  throw servingErrors.SERVING_MODEL_UNSUPPORTED({
    detail: `input ${metadata.name} is not a tensor of a supported type`,
  })
}

function toOrt({ datatype, data, shape }: Tensor): OrtTensor {
  const type = TO_ORT[datatype] as OrtTensor.Type
  return new OrtTensor(type, data as OrtTensor.DataType, shape)
}

function fromOrt(spec: TensorSpec, tensor: OrtTensor | undefined): Tensor {
  if (tensor === undefined || FROM_ORT[tensor.type] !== spec.datatype)
    throw servingErrors.SERVING_OUTPUT_INVALID({
      detail: `output ${spec.name} is ${tensor?.type ?? 'missing'}, declared ${spec.datatype}`,
    })
  return { ...spec, shape: tensor.dims, data: tensor.data as TensorData }
}
