import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Operation } from './operation.ts'

export const API_BASE = '/api/v1'

export interface Asked<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

/** Answers an operation of the contract: what comes in is parsed by its schemas, what goes out has the type of its answer. */
export function handle<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  app: FastifyInstance,
  operation: Operation<Params, Query, Body, Answer>,
  answer: (
    asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<z.input<Answer>>,
): void {
  const { method, path, params, query, body } = operation
  app.route({
    method,
    url: `${API_BASE}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    handler: (request) =>
      answer({
        params: params.parse(request.params),
        query: query.parse(request.query),
        body: body.parse(request.body ?? {}),
      }),
  })
}
