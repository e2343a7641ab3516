import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '../../../tests/databases.ts'
import { openTracesWorld, span, type TracesWorld, V3 } from './traces-world.testing.ts'

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

let world: TracesWorld

describe.each(databases)('a search among traces on $name', ({ open }) => {
  beforeAll(async () => {
    world = await openTracesWorld(open)
  })
  afterAll(async () => {
    expect(world.faults).toEqual([])
    await world.close()
  })

  it('asks one and the same span for all that it asks of spans', async () => {
    const [one, other] = [await world.start(), await world.start()]
    const attributes = (model: string) => ({ attributes: [text('model', model)] })
    await world.logSpans([
      span(one, 'a1', { name: 'plan', ...attributes('large') }),
      span(one, 'a2', { name: 'act', ...attributes('small') }),
      span(other, 'b1', { name: 'plan', ...attributes('small') }),
    ])
    expect(await world.search("span.name = 'plan' AND span.attributes.model = 'small'")).toEqual([
      other,
    ])
    expect(await world.search("span.name = 'act' AND span.attributes.model LIKE 'sma%'")).toEqual([
      one,
    ])
    expect(
      await world.search("span.name IN ('plan') AND span.attributes.model ILIKE 'LARGE'"),
    ).toEqual([one])
    expect(await world.search("trace.text LIKE '%large%'")).toEqual([one])
  })

  it('reads tags, metadata, times and what was said', async () => {
    const id = await world.start({
      tags: { 'mlflow.traceName': 'nightly', owner: 'ana' },
      trace_metadata: { 'mlflow.modelId': 'm-1' },
      execution_duration: '9s',
    })
    const assessment = {
      assessment_name: 'score',
      source: { source_type: 'HUMAN', source_id: 'ana' },
      feedback: { value: 0.75 },
    }
    await world.ask('POST', `${V3}/${id}/assessments`, { assessment })
    for (const filter of [
      "name = 'nightly'",
      "tags.owner LIKE 'a%' AND tag.other IS NULL",
      "tags.owner RLIKE '^an' AND name RLIKE 'night'",
      "metadata.`mlflow.modelId` = 'm-1'",
      'execution_time_ms = 9000',
      `request_id IN ('${id}')`,
      'feedback.score > 0.5',
      "feedback.score = '0.75'",
      'feedback.score IS NOT NULL',
    ])
      expect(await world.search(filter), filter).toEqual([id])
    expect(await world.search("name = 'nightly' AND feedback.score > 0.8")).toEqual([])
  })

  it.each([
    ["colour = 'red'", /Invalid attribute key 'colour'/],
    ["metrics.x = '1'", /Invalid entity type 'metrics'/],
    ["span.kind = 'x'", /Invalid span attribute 'kind'/],
    ["span.content = 'x'", /Invalid comparator '='/],
    ["prompt LIKE 'x'", /Only '=' is supported/],
  ])('refuses %s', async (filter, message) => {
    await expect(world.search(filter)).rejects.toThrow(message)
  })

  it('goes by pages in the order asked for', async () => {
    const ids = [
      await world.start({ tags: { page: '1' } }),
      await world.start({ tags: { page: '2' } }),
    ]
    const asked = { max_results: 1, order_by: ['tag.page DESC'] }
    expect(await world.search('tag.page IS NOT NULL', asked)).toEqual([ids[1]])
    const token = Buffer.from('{"offset": 1}').toString('base64')
    expect(await world.search('tag.page IS NOT NULL', { ...asked, page_token: token })).toEqual([
      ids[0],
    ])
    await expect(world.search('', { max_results: 501 })).rejects.toThrow(/max_results/)
  })
})
