/** Datatypes of the Open Inference Protocol that ONNX Runtime also has. FP16 has no form in JSON. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP32'
  | 'FP64'
  | 'BYTES'

export type NumericData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array
export type WideData = BigInt64Array | BigUint64Array
export type TensorData = NumericData | WideData | readonly string[]

export interface Tensor {
  readonly name: string
  readonly datatype: Datatype
  readonly shape: readonly number[]
  /** Row-major. BOOL is one byte an element, BYTES are text. */
  readonly data: TensorData
}

/** A dimension is a size, or the model's name for one that varies (empty when it has no name). */
export type Dimension = number | string

export interface TensorSpec {
  readonly name: string
  readonly datatype: Datatype
  readonly shape: readonly Dimension[]
}

export interface ModelSignature {
  readonly inputs: readonly TensorSpec[]
  readonly outputs: readonly TensorSpec[]
}

const WIDTH: Readonly<Record<Datatype, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
}

export function isDatatype(text: unknown): text is Datatype {
  return typeof text === 'string' && Object.hasOwn(WIDTH, text)
}

/** Bytes of one element; 0 for BYTES, whose elements differ. */
export function elementWidth(datatype: Datatype): number {
  return WIDTH[datatype]
}

/** Elements of a shape; an empty shape is a scalar. */
export function elementCount(shape: readonly number[]): number {
  let count = 1
  for (const size of shape) count *= size
  return count
}

export function isWide(data: TensorData): data is WideData {
  return data instanceof BigInt64Array || data instanceof BigUint64Array
}

/** A view of raw bytes as elements. The bytes are copied, since a frame need not be aligned. */
export function dataFromBytes(datatype: Exclude<Datatype, 'BYTES'>, bytes: Uint8Array): TensorData {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  switch (datatype) {
    case 'BOOL':
    case 'UINT8':
      return new Uint8Array(copy)
    case 'UINT16':
      return new Uint16Array(copy)
    case 'UINT32':
      return new Uint32Array(copy)
    case 'UINT64':
      return new BigUint64Array(copy)
    case 'INT8':
      return new Int8Array(copy)
    case 'INT16':
      return new Int16Array(copy)
    case 'INT32':
      return new Int32Array(copy)
    case 'INT64':
      return new BigInt64Array(copy)
    case 'FP32':
      return new Float32Array(copy)
    case 'FP64':
      return new Float64Array(copy)
  }
}

/** Zeros (empty texts for BYTES), as the answer to "what is one row of this model". */
export function zeros(spec: TensorSpec): Tensor {
  const shape = spec.shape.map((dimension) => (typeof dimension === 'number' ? dimension : 1))
  const count = elementCount(shape)
  const data =
    spec.datatype === 'BYTES'
      ? Array.from({ length: count }, () => '')
      : dataFromBytes(spec.datatype, new Uint8Array(count * elementWidth(spec.datatype)))
  return { name: spec.name, datatype: spec.datatype, shape, data }
}
