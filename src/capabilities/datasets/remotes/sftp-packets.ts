// The SSH File Transfer Protocol, version 3, as OpenSSH speaks it: draft-ietf-secsh-filexfer-02, with the extensions
// that its PROTOCOL file describes.

export const SFTP_VERSION = 3

/** Kinds of packets that a client sends. */
export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  stat: 17,
  rename: 18,
  extended: 200,
} as const

/** Kinds of packets that a server answers with. */
export const ANSWER = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 201,
} as const

export const STATUS = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
} as const

/** How a file is opened. */
export const OPEN = {
  read: 0x01,
  write: 0x02,
  create: 0x08,
  truncate: 0x10,
  exclusive: 0x20,
} as const

const HAS_SIZE = 0x01
const HAS_OWNER = 0x02
const HAS_MODE = 0x04
const HAS_TIMES = 0x08
const HAS_EXTENSIONS = 0x80000000
const TYPE_BITS = 0o170000
const FOLDER_BITS = 0o040000
const FILE_BITS = 0o100000

export type Field =
  | { readonly byte: number }
  | { readonly uint32: number }
  | { readonly uint64: number }
  | { readonly text: string }
  | { readonly bytes: Uint8Array }

/** A packet with its length in front. */
export function packet(...fields: readonly Field[]): Buffer {
  const parts = fields.map(encode)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0))
  return Buffer.concat([length, ...parts])
}

function encode(field: Field): Buffer {
  if ('byte' in field) return Buffer.of(field.byte)
  if ('text' in field) return counted(Buffer.from(field.text))
  if ('bytes' in field) return counted(field.bytes)
  const wide = 'uint64' in field
  const buffer = Buffer.alloc(wide ? 8 : 4)
  if (wide) buffer.writeBigUInt64BE(BigInt(field.uint64))
  else buffer.writeUInt32BE(field.uint32)
  return buffer
}

function counted(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export interface Attributes {
  readonly size: number
  readonly kind: 'file' | 'folder' | 'other'
  readonly modifiedAt: number | undefined
}

/** Reads the fields of a packet one after the other. @throws RangeError when it is shorter than it says */
export class PacketReader {
  private at = 0
  private readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  byte(): number {
    return this.bytes.readUInt8(this.advance(1))
  }

  uint32(): number {
    return this.bytes.readUInt32BE(this.advance(4))
  }

  uint64(): number {
    return Number(this.bytes.readBigUInt64BE(this.advance(8)))
  }

  data(): Buffer {
    const length = this.uint32()
    const start = this.advance(length)
    return this.bytes.subarray(start, start + length)
  }

  text(): string {
    return this.data().toString('utf8')
  }

  attributes(): Attributes {
    const has = this.uint32()
    const size = (has & HAS_SIZE) === 0 ? 0 : this.uint64()
    if ((has & HAS_OWNER) !== 0) this.advance(8)
    const type = (has & HAS_MODE) === 0 ? FILE_BITS : this.uint32() & TYPE_BITS
    const modifiedAt = (has & HAS_TIMES) === 0 ? undefined : this.times() * 1000
    if ((has & HAS_EXTENSIONS) !== 0)
      for (let fields = 2 * this.uint32(); fields > 0; fields--) this.data()
    const kind = type === FOLDER_BITS ? 'folder' : type === FILE_BITS ? 'file' : 'other'
    return { size, kind, modifiedAt }
  }

  // When it was read, then when it was written.
  private times(): number {
    this.uint32()
    return this.uint32()
  }

  private advance(length: number): number {
    const start = this.at
    if (start + length > this.bytes.length) throw new RangeError('the packet ends too early')
    this.at += length
    return start
  }
}
