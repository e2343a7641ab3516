import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { ProtocolError } from './errors.ts'

/** A request's JSON, and the text that it was. */
export class JsonBody {
  readonly message: unknown
  readonly text: string

  constructor(message: unknown, text: string) {
    this.message = message
    this.text = text
  }
}

/** As MLflow reads bodies: what is no JSON is no body, and old clients send JSON within a JSON text. */
export function readJsonBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  // By its name it is found at once, as what any type is read by it is not.
  for (const type of ['application/json', '*'])
    scope.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
      if (!isUtf8(body as Buffer)) return done(notUtf8())
      const text = (body as Buffer).toString('utf8')
      const once = parse(text)
      done(
        null,
        typeof once === 'string' ? new JsonBody(parse(once), once) : new JsonBody(once, text),
      )
    })
  scope.addHook('preValidation', ({ method, headers }, _reply, done) => {
    if (method !== 'POST' && method !== 'PUT') return done()
    const type = headers['content-type']?.split(';')[0]?.trim()
    if (type === 'application/json') return done()
    done(
      new ProtocolError(
        'INVALID_PARAMETER_VALUE',
        type === undefined
          ? 'Bad Request. Content-Type header is missing.'
          : "Bad Request. Content-Type must be one of ['application/json'].",
      ),
    )
  })
}

// Read anyway, it would be stored as something else than was sent.
function notUtf8(): ProtocolError {
  return new ProtocolError('BAD_REQUEST', 'Bad Request. The body is not UTF-8.')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
