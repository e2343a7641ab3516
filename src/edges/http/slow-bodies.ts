import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { http } from '../../base/http-library.ts'
import { httpErrors } from './errors.ts'
import { problemText } from './problem.ts'

/** What a body may take to come when it comes more slowly than `LEAST_A_SECOND`. */
export const BODY_TIMEOUT_MS = 300_000
/** Bytes. A body that comes faster may take as long as it likes: large files over thin lines do. */
const LEAST_A_SECOND = 1024
const LONGEST_BETWEEN_LOOKS_MS = 30_000
const HEADERS_TIMEOUT_MS = 60_000

/**
 * Ends requests whose body drips: after a quarter of the time Node tells of those that have not come whole, and half of the
 * time decides by how much came in it. Ended at the latest when the time is over, by an answer that says so.
 */
export function createSlowBodies(timeoutMs: number = BODY_TIMEOUT_MS) {
  const answers = new WeakMap<Socket, ServerResponse>()
  const watch = (socket: Socket, answer: ServerResponse): void => {
    const waitMs = timeoutMs / 2
    const before = socket.bytesRead
    const decide = (): void => {
      if (socket.destroyed || answer.req.complete) return
      if (socket.bytesRead - before >= (LEAST_A_SECOND * waitMs) / 1000) watch(socket, answer)
      else giveUp(socket, answer, timeoutMs)
    }
    setTimeout(decide, waitMs).unref()
  }
  return {
    serverOptions: {
      requestTimeout: timeoutMs / 4,
      http: {
        // Node takes the shorter of the two for the head, whichever it is.
        headersTimeout: Math.min(HEADERS_TIMEOUT_MS, timeoutMs / 4),
        connectionsCheckingInterval: Math.min(LONGEST_BETWEEN_LOOKS_MS, timeoutMs / 4),
      },
    },
    /** Told of each request that has a body, before the body is read. */
    begun: (answer: ServerResponse): void => {
      if (answer.req.socket !== null) answers.set(answer.req.socket, answer)
    },
    /** What cannot be read as a request has no route that would answer. */
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket): void => {
      const answer = answers.get(socket)
      const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      if (isLate && answer?.req.complete === false) return watch(socket, answer)
      if (error.code === 'ECONNRESET' || socket.destroyed) return
      if (socket.writable) socket.write(rawAnswer(error))
      socket.destroy(error)
    },
  }
}

function giveUp(socket: Socket, answer: ServerResponse, timeoutMs: number): void {
  if (answer.headersSent) {
    socket.destroy()
    return
  }
  const detail = `the body has not come within ${timeoutMs / 1000} s, at less than ${LEAST_A_SECOND} bytes a second`
  const problem = httpErrors.BODY_TOO_SLOW({ detail })
  const headers = { 'content-type': 'application/problem+json', connection: 'close' }
  answer.writeHead(problem.status, headers).end(problemText(problem))
}

function rawAnswer({ code }: NodeJS.ErrnoException): string {
  const problem = headProblem(code)
  const text = problemText(problem)
  const head = `HTTP/1.1 ${problem.status} ${http.STATUS_CODES[problem.status]}`
  const length = `Content-Length: ${Buffer.byteLength(text)}`
  return `${head}\r\nContent-Type: application/problem+json\r\n${length}\r\nConnection: close\r\n\r\n${text}`
}

function headProblem(code: string | undefined) {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return httpErrors.BODY_TOO_SLOW({ detail: 'the head of the request has not come whole' })
  if (code === 'HPE_HEADER_OVERFLOW')
    return httpErrors.REQUEST_TOO_LARGE({ detail: 'its headers are longer than 16 KiB' })
  return httpErrors.REQUEST_INVALID({ detail: 'it is no request of HTTP' })
}
