import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/** How a field of a message is read, and its name in OTLP's JSON. */
type Field =
  | { readonly name: string; readonly read: 'text' | 'hex' | 'bytes' | 'bool' | 'double' }
  | { readonly name: string; readonly read: 'fixed64' | 'int64' | 'enum' }
  | { readonly name: string; readonly read: 'message' | 'messages'; readonly of: () => Message }

type Message = Readonly<Record<number, Field>>

const one = (name: string, of: () => Message): Field => ({ name, read: 'message', of })
const many = (name: string, of: () => Message): Field => ({ name, read: 'messages', of })
const plain = (name: string, read: Exclude<Field['read'], 'message' | 'messages'>): Field => ({
  name,
  read,
})

// opentelemetry-proto 1.x: collector/trace/v1, trace/v1, resource/v1, common/v1. What is not listed is skipped.
const anyValue: Message = {
  1: plain('stringValue', 'text'),
  2: plain('boolValue', 'bool'),
  3: plain('intValue', 'int64'),
  4: plain('doubleValue', 'double'),
  5: one('arrayValue', () => ({ 1: many('values', () => anyValue) })),
  6: one('kvlistValue', () => ({ 1: many('values', () => keyValue) })),
  7: plain('bytesValue', 'bytes'),
}
const keyValue: Message = { 1: plain('key', 'text'), 2: one('value', () => anyValue) }
const event: Message = {
  1: plain('timeUnixNano', 'fixed64'),
  2: plain('name', 'text'),
  3: many('attributes', () => keyValue),
}
const link: Message = {
  1: plain('traceId', 'hex'),
  2: plain('spanId', 'hex'),
  4: many('attributes', () => keyValue),
}
const status: Message = { 2: plain('message', 'text'), 3: plain('code', 'enum') }
const span: Message = {
  1: plain('traceId', 'hex'),
  2: plain('spanId', 'hex'),
  4: plain('parentSpanId', 'hex'),
  5: plain('name', 'text'),
  7: plain('startTimeUnixNano', 'fixed64'),
  8: plain('endTimeUnixNano', 'fixed64'),
  9: many('attributes', () => keyValue),
  11: many('events', () => event),
  13: many('links', () => link),
  15: one('status', () => status),
}
const scopeSpans: Message = { 2: many('spans', () => span) }
const resource: Message = { 1: many('attributes', () => keyValue) }
const resourceSpans: Message = {
  1: one('resource', () => resource),
  2: many('scopeSpans', () => scopeSpans),
}
const exportRequest: Message = { 1: many('resourceSpans', () => resourceSpans) }

/** As deep as protobuf's own readers go. */
const DEEPEST = 100

/** An ExportTraceServiceRequest as OTLP's JSON writes it. @throws Error when the bytes are not one */
export function readExportRequest(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  return readMessage(new BinaryReader(bytes), exportRequest, { end: bytes.length, depth: 0 })
}

function readMessage(
  reader: BinaryReader,
  message: Message,
  { end, depth }: { readonly end: number; readonly depth: number },
): Readonly<Record<string, unknown>> {
  if (depth > DEEPEST) throw new Error('The message is too deep.')
  const found: Record<string, unknown> = {}
  while (reader.pos < end) {
    const [number, wireType] = reader.tag()
    const field = message[number]
    if (field === undefined) {
      reader.skip(wireType, number)
      continue
    }
    requireWireType(field, wireType)
    if (field.read !== 'message' && field.read !== 'messages') {
      found[field.name] = readPlain(reader, field.read)
      continue
    }
    const length = reader.uint32()
    const value = readMessage(reader, field.of(), { end: reader.pos + length, depth: depth + 1 })
    if (field.read === 'message') found[field.name] = value
    else ((found[field.name] ??= []) as unknown[]).push(value)
  }
  if (reader.pos !== end) throw new Error('A field leaves its message.')
  return found
}

function requireWireType({ name, read }: Field, found: WireType): void {
  if (found !== wireTypeOf(read)) throw new Error(`${name} has the wire type ${found}.`)
}

function wireTypeOf(read: Field['read']): WireType {
  switch (read) {
    case 'bool':
    case 'int64':
    case 'enum':
      return WireType.Varint
    case 'double':
    case 'fixed64':
      return WireType.Bit64
    default:
      return WireType.LengthDelimited
  }
}

function readPlain(reader: BinaryReader, read: Field['read']): unknown {
  switch (read) {
    case 'text':
      return reader.string()
    case 'hex':
      return Buffer.from(reader.bytes()).toString('hex')
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64')
    case 'bool':
      return reader.bool()
    case 'double':
      return reader.double()
    case 'enum':
      return reader.int32()
    case 'int64':
      return String(reader.int64())
    case 'fixed64':
      return String(reader.fixed64())
    default:
      throw new Error(`${read} is no plain field.`)
  }
}
