import type { FastifyError, FastifyReply } from 'fastify'
import { z } from 'zod'
import { type RatchetError, RatchetError as RatchetErrorClass } from '../../base/errors.ts'
import { httpErrors } from './errors.ts'

/** Any failure as one of ours; what we did not foresee says nothing about our insides. */
export function toRatchetError(error: unknown): RatchetError {
  if (error instanceof RatchetErrorClass) return error
  if (error instanceof z.ZodError) return invalidRequest(error)
  const { statusCode, message } = error as Partial<FastifyError>
  if (statusCode === 413) return httpErrors.REQUEST_TOO_LARGE({ detail: message ?? '' })
  if (statusCode !== undefined && statusCode < 500)
    return httpErrors.REQUEST_INVALID({ detail: message ?? '' })
  return httpErrors.INTERNAL({ detail: 'an unexpected failure', cause: error })
}

function invalidRequest(error: z.ZodError): RatchetError {
  const [issue] = error.issues
  const path = issue?.path.map(String).join('.')
  return httpErrors.REQUEST_INVALID({ detail: issue?.message ?? 'it is empty', path })
}

/** RFC 9457, with our code and what to do. */
export function sendProblem(reply: FastifyReply, error: RatchetError): FastifyReply {
  return reply.code(error.status).type('application/problem+json').send(problemText(error))
}

export function problemText({ code, title, status, detail, path, next }: RatchetError): string {
  return JSON.stringify({
    type: `urn:ratchet:error:${code}`,
    title,
    status,
    code,
    detail,
    path: path ?? null,
    next,
  })
}
