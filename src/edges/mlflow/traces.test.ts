import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '../../../tests/databases.ts'
import { openTracesWorld, span, type TracesWorld, V3 } from './traces-world.testing.ts'

const V2 = '/api/2.0/mlflow/traces'

let world: TracesWorld

describe.each(databases)('on $name', ({ open }) => {
  beforeAll(async () => {
    world = await openTracesWorld(open)
  })
  afterAll(async () => {
    expect(world.faults).toEqual([])
    await world.close()
  })

  describe('a trace', () => {
    it('is told, read, tagged and deleted', async () => {
      const id = await world.start({ trace_metadata: { m: '1' }, tags: { t: '2' } })
      await world.ask('PATCH', `${V3}/${id}/tags`, { key: 'k', value: 'v' })
      const { body } = await world.ask('GET', `${V3}/${id}`)
      expect(body['trace'].trace_info).toEqual({
        trace_id: id,
        trace_location: {
          type: 'MLFLOW_EXPERIMENT',
          mlflow_experiment: { experiment_id: world.experiment },
        },
        request_time: '2026-01-01T00:00:01.000Z',
        execution_duration: '1.500s',
        state: 'OK',
        trace_metadata: { m: '1' },
        tags: {
          k: 'v',
          t: '2',
          'mlflow.artifactLocation': `mlflow-artifacts:/${world.experiment}/traces/${id}/artifacts`,
        },
      })
      await world.ask('DELETE', `${V3}/${id}/tags`, { key: 'k' })
      expect((await world.ask('DELETE', `${V3}/${id}/tags`, { key: 'k' })).body).toMatchObject({
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `No trace tag with key 'k' for trace with ID '${id}'`,
      })
      const gone = { experiment_id: world.experiment, request_ids: [id, 'tr-none'] }
      expect((await world.ask('POST', `${V3}/delete-traces`, gone)).body).toEqual({
        traces_deleted: 1,
      })
      expect((await world.ask('GET', `${V3}/${id}`)).body['message']).toBe(
        `Trace with ID '${id}' not found.`,
      )
    })

    it('keeps what only the server says of it', async () => {
      const id = await world.start()
      const tag = { key: 'mlflow.trace.spansLocation', value: 'TRACKING_STORE' }
      expect((await world.ask('PATCH', `${V3}/${id}/tags`, tag)).body['message']).toBe(
        "Tag 'mlflow.trace.spansLocation' is immutable and cannot be set on a trace.",
      )
    })

    it.each([
      [{}, /Either `max_timestamp_millis` or `trace_ids` must be specified/],
      [{ max_timestamp_millis: 1, request_ids: ['a'] }, /Only one of/],
      [{ max_traces: 1, request_ids: ['a'] }, /can't be specified if `trace_ids`/],
      [{ max_traces: 0, max_timestamp_millis: 1 }, /must be a positive integer, received 0/],
    ])('is not deleted by %j', async (asked, message) => {
      const body = { experiment_id: world.experiment, ...asked }
      const refused = await world.ask('POST', `${V3}/delete-traces`, body)
      expect(refused.status).toBe(400)
      expect(refused.body['message']).toMatch(message)
    })

    it('is begun and ended by old clients', async () => {
      const begun = await world.ask('POST', V2, {
        experiment_id: world.experiment,
        timestamp_ms: 1000,
        request_metadata: [{ key: 'm', value: '1' }],
        tags: [{ key: 't', value: '2' }],
      })
      const { request_id: id, status } = begun.body['trace_info']
      expect(status).toBe('IN_PROGRESS')
      const end = { timestamp_ms: 1250, status: 'ERROR', tags: [{ key: 'u', value: '3' }] }
      await world.ask('PATCH', `${V2}/${id}`, end)
      expect((await world.ask('GET', `${V2}/${id}/info`)).body['trace_info']).toMatchObject({
        timestamp_ms: 1000,
        execution_time_ms: 250,
        status: 'ERROR',
        request_metadata: [{ key: 'm', value: '1' }],
        tags: expect.arrayContaining([{ key: 'u', value: '3' }]),
      })
      const found = await world.ask(
        'GET',
        `${V2}?experiment_ids=${world.experiment}&filter=tag.u='3'`,
      )
      expect(found.body['traces']).toMatchObject([{ request_id: id }])
      // They put the spans beside it as a file.
      const folder = `${world.experiment}/traces/${id}/artifacts`
      await world.artifacts.write(`${folder}/traces.json`, Buffer.from('{"spans": []}'))
      const file = await fetch(
        `${world.root}/ajax-api/2.0/mlflow/get-trace-artifact?request_id=${id}`,
      )
      expect(await file.text()).toBe('{"spans": []}')
    })

    it('is not given whole before all its spans have come', async () => {
      const id = await world.start({
        trace_metadata: { 'mlflow.trace.sizeStats': JSON.stringify({ num_spans: 2 }) },
      })
      await world.logSpans([span(id, '1')])
      const partial = await world.ask('GET', `${V3}/get?trace_id=${id}&allow_partial=True`)
      expect(partial.body['trace'].spans).toHaveLength(1)
      expect((await world.ask('GET', `${V3}/batchGet?trace_ids=${id}`)).body).toEqual({})
      const infos = await world.ask('POST', `${V3}/batchGetInfos`, { trace_ids: [id] })
      expect(infos.body['trace_infos']).toHaveLength(1)
      const whole = world.ask('GET', `${V3}/get?trace_id=${id}`)
      await world.logSpans([span(id, '2', { parentSpanId: '1'.padStart(16, '0') })])
      expect((await whole).body['trace'].spans).toHaveLength(2)
      const file = await fetch(
        `${world.root}/ajax-api/3.0/mlflow/get-trace-artifact?request_id=${id}`,
      )
      expect(((await file.json()) as { spans: unknown[] }).spans).toHaveLength(2)
    })
  })

  describe('what is said of a trace', () => {
    const said = (name: string, more: object) => ({
      assessment: {
        assessment_name: name,
        source: { source_type: 'LLM_JUDGE', source_id: 'judge' },
        ...more,
      },
    })

    it('is kept, changed, overridden and brought back', async () => {
      const id = await world.start()
      const path = `${V3}/${id}/assessments`
      const first = (await world.ask('POST', path, said('right', { feedback: { value: null } })))
        .body
      const name = String(first['assessment'].assessment_id)
      expect(first['assessment']).toMatchObject({ feedback: { value: null }, valid: true })
      const changed = await world.ask('PATCH', `${path}/${name}`, {
        assessment: { feedback: { value: 'no' }, metadata: { a: '1' } },
        update_mask: 'feedback,metadata',
      })
      expect(changed.body['assessment']).toMatchObject({
        feedback: { value: 'no' },
        metadata: { a: '1' },
      })
      const over = said('right', { feedback: { value: 'yes' }, overrides: name })
      const second = String((await world.ask('POST', path, over)).body['assessment'].assessment_id)
      const valid = async () => (await world.ask('GET', `${path}/${name}`)).body['assessment'].valid
      expect(await valid()).toBe(false)
      await world.ask('DELETE', `${path}/${second}`)
      expect(await valid()).toBe(true)
      expect((await world.ask('GET', `${path}/${second}`)).body['message']).toBe(
        `Assessment with ID '${second}' not found for trace '${id}'`,
      )
    })

    it('keeps structures as they are, and no kind becomes another', async () => {
      const id = await world.start()
      const path = `${V3}/${id}/assessments`
      const value = '{"a":[1,2]}'
      const expectation = { serialized_value: { serialization_format: 'JSON_FORMAT', value } }
      const { body } = await world.ask('POST', path, said('should', { expectation }))
      expect(body['assessment'].expectation).toEqual(expectation)
      const refused = await world.ask('PATCH', `${path}/${body['assessment'].assessment_id}`, {
        assessment: { feedback: { value: 1 } },
        update_mask: 'feedback',
      })
      expect(refused.body['message']).toBe(
        'Cannot update feedback value on an Expectation assessment.',
      )
    })
  })

  describe('a link', () => {
    it('is linked to a run by a client that is still sending it', async () => {
      const { id: run } = await world.tracking.createRun({ experimentId: world.experiment })
      const next = world.nextId()
      await world.ask('POST', `${V2}/link-to-run`, { trace_ids: [next], run_id: run })
      expect(await world.search(`attribute.run_id = '${run}'`)).toEqual([])
      expect(await world.start()).toBe(next)
      expect(await world.search(`attribute.run_id = '${run}'`)).toEqual([next])
      const deleted = { experiment_id: world.experiment, request_ids: [next] }
      await world.ask('POST', `${V3}/delete-traces`, deleted)
      expect(await world.search(`attribute.run_id = '${run}'`)).toEqual([])
    })
  })
})
