import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { problemSchema } from './contract.ts'
import { API_BASE } from './handle.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'

/** OpenAPI 3.1 of the native API, from the schemas that check the requests. */
export function registerOpenApi(app: FastifyInstance, version: string): void {
  let document: object | undefined
  app.get(`${API_BASE}/openapi.json`, async () => (document ??= openApiDocument(version)))
}

export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [operationId, operation] of Object.entries(operations)) {
    const path = `${API_BASE}${operation.path}`
    paths[path] = {
      ...paths[path],
      [operation.method.toLowerCase()]: describe(operationId, operation),
    }
  }
  return { openapi: '3.1.0', info: { title: 'Ratchet', version }, paths }
}

function describe(operationId: string, operation: Operation) {
  const { summary, params, query, body, answer, method } = operation
  return {
    operationId,
    summary,
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
    ...(method === 'POST' ? { requestBody: { content: json(schemaOf(body, 'input')) } } : {}),
    responses: {
      '200': { description: summary, content: json(schemaOf(answer, 'output')) },
      default: {
        description: 'What went wrong, and what to do',
        content: { 'application/problem+json': { schema: schemaOf(problemSchema, 'output') } },
      },
    },
  }
}

function json(schema: unknown) {
  return { 'application/json': { schema } }
}

// The dialect is said once by OpenAPI 3.1 itself.
function schemaOf(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

function parameters(schema: z.ZodType, place: 'path' | 'query') {
  const { properties = {}, required = [] } = schemaOf(schema, 'input')
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}
