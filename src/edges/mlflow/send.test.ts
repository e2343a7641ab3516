import fastify from 'fastify'
import { expect, it } from 'vitest'
import { sendJson } from './send.ts'

const written = async (body: object): Promise<string> => {
  const app = fastify()
  app.get('/', async (_request, reply) => sendJson(reply, body))
  const { payload } = await app.inject('/')
  await app.close()
  return payload
}

it.each([
  ['a little', 2, '{\n  "'],
  ['much', 5000, '{"'],
])('writes the numbers that JSON lacks as texts, in %s', async (_much, count, start) => {
  const metrics = Array.from({ length: count }, (_none, step) => ({ key: 'null', step }))
  const special = [{ value: Number.NaN }, { value: Number.NEGATIVE_INFINITY }]
  const text = await written({ metrics: [...metrics, ...special], unset: undefined })
  expect(text.startsWith(start)).toBe(true)
  expect(JSON.parse(text)).toEqual({
    metrics: [...metrics, { value: 'NaN' }, { value: '-Infinity' }],
  })
})
