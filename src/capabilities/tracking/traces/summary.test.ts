import { expect, it } from 'vitest'
import type { Attributes, Span } from './schema.ts'
import { summarize } from './summary.ts'

function span(spanId: string, parentId: string | null, attributes: Attributes = {}): Span {
  const times = { startNs: BigInt(Number.parseInt(spanId, 16)) * 1_000_000n, endNs: 9_000_000n }
  const plain = { name: spanId, message: '', events: [], links: [], status: 'UNSET' } as const
  return { ...plain, ...times, traceId: 'a'.repeat(32), spanId, parentId, attributes }
}

it('takes times from all spans and the state from the root', () => {
  const parts = [span('2', '1'), { ...span('1', null), status: 'ERROR' as const }]
  expect(summarize(parts)).toMatchObject({ at: 1, endedAt: 9, state: 'ERROR' })
  expect(summarize([span('2', '1')])).toMatchObject({ at: 2, state: null })
})

it('counts tokens once: a span that has the sum of its children stands for them', () => {
  const usage = (total: bigint) => ({ 'mlflow.chat.tokenUsage': { total_tokens: total } })
  const parts = [
    span('1', null),
    span('2', '1', usage(10n)),
    span('3', '2', usage(4n)),
    span('4', '2', usage(6n)),
    span('5', '1', usage(1n)),
  ]
  expect(summarize(parts).metadata).toEqual({ 'mlflow.trace.tokenUsage': '{"total_tokens":11}' })
})

it('survives spans that are each other’s parents', () => {
  const usage = { 'mlflow.llm.cost': { total_cost: 0.5 } }
  expect(summarize([span('1', '2', usage), span('2', '1')]).metadata).toEqual({
    'mlflow.trace.cost': '{"total_cost":0.5}',
  })
})

it('shows the last word of a conversation, and the beginning of anything else', () => {
  const messages = [
    { role: 'user', content: 'first' },
    { role: 'user', content: 'last' },
    { role: 'assistant', content: 'answer' },
  ]
  const root = span('1', null, {
    'mlflow.spanInputs': { messages },
    'mlflow.spanOutputs': 'x'.repeat(2000),
    'mlflow.traceTag.team': 'a',
    'session.id': 's1',
  })
  const { requestPreview, responsePreview, tags, metadata } = summarize([root])
  expect(requestPreview).toBe('last')
  expect(responsePreview).toBe(`"${'x'.repeat(996)}...`)
  expect(tags).toEqual({ team: 'a' })
  expect(metadata).toEqual({ 'mlflow.trace.session': 's1' })
})
