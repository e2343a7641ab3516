import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { TableModel, Term } from './tables.ts'

// Message and field numbers: onnx.proto in https://github.com/onnx/onnx, IR version 8.
const IR_VERSION = 8
const OPSET_VERSION = 17
const FLOAT = 1
const INT64 = 7

export interface Signature {
  readonly inputs: readonly string[]
  readonly output: string
}

/**
 * A sum of lookups as an ONNX model: each input an INT64 tensor [rows, 1], a Gather for each term,
 * one Sum. Inputs that no term reads stay in the signature: callers need not change with the model.
 */
export function writeOnnx(model: TableModel, { inputs, output }: Signature): Uint8Array {
  const graph = [
    ...model.terms.map((term) => bytes(1, gather(term))),
    bytes(1, node('Sum', ['intercept', ...model.terms.map(effectOf)], output)),
    text(2, 'births'),
    bytes(5, floats('intercept', Float32Array.of(model.intercept))),
    ...model.terms.map((term) => bytes(5, floats(tableOf(term), term.table))),
    ...inputs.map((name) => bytes(11, column(name, INT64))),
    bytes(12, column(output, FLOAT)),
  ]
  const opset = message(text(1, ''), number(2, OPSET_VERSION))
  return message(number(1, IR_VERSION), bytes(7, message(...graph)), bytes(8, opset))
}

const tableOf = (term: Term): string => `${term.input}_table`
const effectOf = (term: Term): string => `${term.input}_effect`

const gather = (term: Term): Uint8Array =>
  node('Gather', [tableOf(term), term.input], effectOf(term))

/** NodeProto. The name is what ONNX Runtime puts into its errors. */
const node = (operator: string, inputs: readonly string[], output: string): Uint8Array =>
  message(
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(3, output),
    text(4, operator),
  )

/** TensorProto with raw little-endian data. */
const floats = (name: string, values: Float32Array): Uint8Array =>
  message(number(1, values.length), number(2, FLOAT), text(8, name), bytes(9, raw(values)))

/** ValueInfoProto of a tensor [rows, 1], `rows` being free. */
function column(name: string, type: number): Uint8Array {
  const shape = message(bytes(1, message(text(2, 'rows'))), bytes(1, message(number(1, 1))))
  const tensor = message(number(1, type), bytes(2, shape))
  return message(text(1, name), bytes(2, message(bytes(1, tensor))))
}

const raw = (values: Float32Array): Uint8Array => {
  const view = new DataView(new ArrayBuffer(values.byteLength))
  values.forEach((value, index) => view.setFloat32(index * 4, value, true))
  return new Uint8Array(view.buffer)
}

type Field = (writer: BinaryWriter) => BinaryWriter

const number =
  (field: number, value: number): Field =>
  (writer) =>
    writer.tag(field, WireType.Varint).int64(value)

const text =
  (field: number, value: string): Field =>
  (writer) =>
    writer.tag(field, WireType.LengthDelimited).string(value)

const bytes =
  (field: number, value: Uint8Array): Field =>
  (writer) =>
    writer.tag(field, WireType.LengthDelimited).bytes(value)

const message = (...fields: readonly Field[]): Uint8Array =>
  fields.reduce((writer, write) => write(writer), new BinaryWriter()).finish()
