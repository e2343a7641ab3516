import type { Readable, Writable } from 'node:stream'
import {
  ANSWER,
  type Field,
  packet,
  PacketReader,
  REQUEST,
  SFTP_VERSION,
  STATUS,
} from './sftp-packets.ts'
import { SILENT_MS } from './silence.ts'

/** The server said no. `code` as in the protocol. */
export class SftpFault extends Error {
  override readonly name = 'SftpFault'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

interface Answer {
  readonly kind: number
  readonly fields: PacketReader
}
interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

const LARGEST_PACKET = 4 * 1024 * 1024

/** Requests and answers over two streams; any number under way at once. Each answer is found by its number. */
export class SftpSession {
  private readonly waiting = new Map<number, Waiting>()
  private readonly output: Writable
  private received: Buffer[] = []
  private receivedBytes = 0
  private next = 1
  private ended: Error | null = null
  private readonly silentMs: number
  private silence: NodeJS.Timeout | null
  /** What the server can do beyond version 3. */
  readonly extensions = new Map<string, string>()
  readonly ready: Promise<void>

  constructor(input: Readable, output: Writable, silentMs: number = SILENT_MS) {
    this.output = output
    this.silentMs = silentMs
    this.ready = new Promise((resolve, reject) =>
      this.waiting.set(0, {
        resolve: ({ fields }) => {
          this.readExtensions(fields)
          resolve()
        },
        reject,
      }),
    )
    input.on('data', (chunk: Buffer) => this.take(chunk))
    output.on('error', (error) => this.fail(error))
    output.write(packet({ byte: REQUEST.init }, { uint32: SFTP_VERSION }))
    // The first answer also waits for who lets us in.
    this.silence = this.listenFor(SILENT_MS)
  }

  /** Ends all that waits: the process behind the streams is gone. */
  fail(error: Error): void {
    this.ended ??= error
    for (const { reject } of this.waiting.values()) reject(this.ended)
    this.waiting.clear()
    this.listen()
  }

  // Only while something is waited for: a session that has nothing to say may be silent.
  private listen(): void {
    if (this.waiting.size === 0) {
      if (this.silence !== null) clearTimeout(this.silence)
      this.silence = null
    } else if (this.silence !== null) this.silence.refresh()
    else this.silence = this.listenFor(this.silentMs)
  }

  private listenFor(silentMs: number): NodeJS.Timeout {
    const told = `nothing came for ${silentMs / 1000} s`
    const gone = Object.assign(new Error(told), { code: 'ETIMEDOUT' })
    return setTimeout(() => this.fail(gone), silentMs)
  }

  /** @throws SftpFault, and the reason why the session has ended */
  async request(kind: number, ...fields: readonly Field[]): Promise<Answer> {
    if (this.ended !== null) throw this.ended
    const id = this.next++
    const answered = new Promise<Answer>((resolve, reject) =>
      this.waiting.set(id, { resolve, reject }),
    )
    if (this.silence === null) this.listen()
    this.output.write(packet({ byte: kind }, { uint32: id }, ...fields))
    const answer = await answered
    if (answer.kind !== ANSWER.status) return answer
    const code = answer.fields.uint32()
    if (code === STATUS.ok) return answer
    const message = answer.fields.left > 0 ? answer.fields.text() : ''
    throw new SftpFault(code, message === '' ? `status ${code}` : message)
  }

  private readExtensions(fields: PacketReader): void {
    fields.uint32()
    while (fields.left > 0) this.extensions.set(fields.text(), fields.text())
  }

  private take(chunk: Buffer): void {
    this.received.push(chunk)
    this.receivedBytes += chunk.length
    try {
      for (let one = this.nextPacket(); one !== null; one = this.nextPacket()) this.deliver(one)
      this.listen()
    } catch (error) {
      this.fail(error as Error)
    }
  }

  // Chunks are joined only when a packet is whole, so that a large one is not copied with every chunk.
  private nextPacket(): Buffer | null {
    if (this.receivedBytes < 4) return null
    if ((this.received[0]?.length ?? 0) < 4) this.join()
    const length = this.received[0]?.readUInt32BE(0) ?? 0
    if (length > LARGEST_PACKET) throw new Error(`a packet of ${length} bytes is no SFTP`)
    if (this.receivedBytes < 4 + length) return null
    this.join()
    const all = this.received[0] as Buffer
    const rest = all.subarray(4 + length)
    this.received = rest.length === 0 ? [] : [rest]
    this.receivedBytes = rest.length
    return all.subarray(4, 4 + length)
  }

  private join(): void {
    if (this.received.length > 1) this.received = [Buffer.concat(this.received)]
  }

  private deliver(bytes: Buffer): void {
    const fields = new PacketReader(bytes)
    const kind = fields.byte()
    const id = kind === ANSWER.version ? 0 : fields.uint32()
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    waiting?.resolve({ kind, fields })
  }
}
