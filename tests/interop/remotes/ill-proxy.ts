import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'

export interface Passing {
  readonly method: string
  /** With the query, as it was asked. */
  readonly path: string
  readonly range: string | undefined
  readonly contentRange: string | undefined
}

/** Does something else than asking the server behind; true when it has. */
export type Trouble = (passing: Passing, response: ServerResponse) => boolean

/** Stands before a real server and errs when it is told to. */
export class IllProxy {
  readonly passed: Passing[] = []
  trouble: Trouble = () => false
  /** What the real service answers and the server behind does not know. */
  besides: Trouble = () => false
  /** Bytes of an answer after which the line drops; asked for each that passes. */
  dropAfter: (passing: Passing) => number = () => Number.POSITIVE_INFINITY
  private readonly server: Server
  private port = 0

  constructor() {
    this.server = createServer((asked, answer) => this.pass(asked, answer))
  }

  /** The address to say instead of the one behind, whose port is told later. */
  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return (this.server.address() as AddressInfo).port
  }

  leadTo(port: number): void {
    this.port = port
  }

  heal(): void {
    this.trouble = () => false
    this.dropAfter = () => Number.POSITIVE_INFINITY
    this.passed.length = 0
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url = '', headers } = asked
    const range = headers.range ?? (headers['x-ms-range'] as string | undefined)
    const passing = { method, path: url, range, contentRange: headers['content-range'] }
    this.passed.push(passing)
    if (this.besides(passing, answer) || this.trouble(passing, answer)) return void asked.resume()
    const limit = this.dropAfter(passing)
    const behind = request({ host: '127.0.0.1', port: this.port, method, path: url, headers })
    behind.on('error', () => answer.destroy())
    behind.on('response', (told) => {
      answer.writeHead(told.statusCode ?? 502, told.rawHeaders)
      let given = 0
      told.on('data', (chunk: Buffer) => {
        given += chunk.length
        if (given <= limit) return void answer.write(chunk)
        answer.write(chunk.subarray(0, 1), () => answer.destroy())
        told.destroy()
      })
      told.on('end', () => answer.end())
    })
    asked.pipe(behind)
  }
}

/** A line to a port that can fall silent, or drop, with all that lies on it. */
export class IllLine {
  isSilent = false
  private readonly sockets = new Set<Socket>()
  private readonly server

  constructor(port: number) {
    this.server = createTcpServer((near) => {
      const far = connect(port, '127.0.0.1')
      for (const [from, to] of [[near, far] as const, [far, near] as const]) {
        this.sockets.add(from)
        from.on('data', (chunk) => this.isSilent || to.write(chunk))
        from.on('error', () => to.destroy())
        from.on('close', () => to.destroy())
      }
    })
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', () => resolve()))
    return (this.server.address() as AddressInfo).port
  }

  drop(): void {
    for (const socket of this.sockets) socket.destroy()
    this.sockets.clear()
  }

  stop(): void {
    this.drop()
    this.server.close()
  }
}
