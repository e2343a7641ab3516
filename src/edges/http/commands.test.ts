import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS } from '../../base/time.ts'
import { openWorld, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'
import { liveOnce } from './story.testing.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('a person', () => {
  it('pauses, resumes and aborts a rollout, and takes back a champion', async () => {
    const { rollout } = await liveOnce(world)
    const act = (action: string) =>
      world.request('POST', `/rollouts/${rollout.id}/${action}`, { reason: 'I look' })
    expect(contract.rolloutSchema.parse((await act('pause')).json())).toMatchObject({
      state: 'paused',
      reason: 'I look',
    })
    expect((await act('resume')).json()).toMatchObject({ state: 'running' })
    expect((await act('promote')).json()).toMatchObject({ state: 'promoted' })
    expect((await act('abort')).json()).toMatchObject({ status: 409, code: 'ROLLOUT_ENDED' })
    expect((await act('explode')).statusCode).toBe(400)
    const model = await world.read(contract.modelSchema, '/models/births')
    expect(model).toMatchObject({ champion: { version: 2 }, rollback_to: 1 })
    world.clock.advance(DAY_MS)
    const back = await world.request('POST', '/models/births/rollback', {})
    expect(contract.acceptedSchema.parse(back.json()).sentence).toBe(
      'Version 1 of births answers again.',
    )
    const { versions } = await world.read(contract.timelineSchema, '/models/births/timeline')
    expect(versions.map(({ version, status }) => [version, status])).toEqual([
      [1, 'retired'],
      [2, 'rolled_back'],
      [1, 'champion'],
    ])
    expect(await world.read(contract.countsSchema, '/models/births/counts')).toMatchObject({
      rolled_back: 1,
    })
  })

  it('retrains, pauses the loop and registers a file', async () => {
    const made = await world.request('POST', '/models/births/versions', {})
    expect(contract.versionSchema.parse(made.json())).toMatchObject({
      version: 1,
      status: 'waiting',
    })
    const asked = await world.request('POST', '/models/births/retrain', {})
    expect(contract.acceptedSchema.parse(asked.json()).link).toMatchObject({ page: 'pipeline_run' })
    await world.request('POST', '/models/births/pause')
    const paused = await world.read(contract.modelSchema, '/models/births')
    expect(paused.loop.word).toBe('no version yet')
    expect((await world.request('POST', '/models/births/resume')).statusCode).toBe(200)
  })

  it('moves the clock of a replay', async () => {
    const moved = await world.request('POST', '/clock', { to: '1971-02-01' })
    expect(contract.clockMovedSchema.parse(moved.json())).toEqual({
      now: '1971-02-01T00:00:00.000Z',
      jobs_run: 0,
    })
    expect(await world.read(contract.clockSchema, '/clock')).toEqual({
      now: '1971-02-01T00:00:00.000Z',
      replay: true,
    })
  })
})

describe('a request that cannot be answered', () => {
  it.each([
    ['GET', '/models/nobody', undefined, 404, 'MODEL_UNKNOWN', null],
    ['GET', '/models/constructor', undefined, 404, 'MODEL_UNKNOWN', null],
    ['GET', '/models/nobody/timeline', undefined, 404, 'MODEL_UNKNOWN', null],
    ['GET', '/gates/gate_0', undefined, 404, 'NOT_FOUND', null],
    ['GET', '/rollouts/rol_0', undefined, 404, 'NOT_FOUND', null],
    ['GET', '/pipelines/runs/run_0', undefined, 404, 'NOT_FOUND', null],
    ['GET', '/why/births%2F9', undefined, 404, 'WHY_UNKNOWN', null],
    ['GET', '/nowhere', undefined, 404, 'ROUTE_NOT_FOUND', null],
    ['GET', '/events?limit=0', undefined, 400, 'REQUEST_INVALID', 'limit'],
    ['GET', '/jobs?page_token=job_0', undefined, 400, 'REQUEST_INVALID', 'page_token'],
    ['GET', '/rollouts?state=flying', undefined, 400, 'REQUEST_INVALID', 'state'],
    ['GET', '/models/births/timeline?from=yesterday', undefined, 400, 'REQUEST_INVALID', 'from'],
    ['POST', '/clock', { to: 'soon' }, 400, 'REQUEST_INVALID', 'to'],
    ['POST', '/models/births/promote', { version: 'new' }, 400, 'REQUEST_INVALID', 'version'],
    ['POST', '/models/births/retrain', { now: true }, 400, 'REQUEST_INVALID', ''],
    ['POST', '/models/births/promote', {}, 409, 'MODEL_NOT_TRAINABLE', null],
  ] as const)('%s %s %j is a problem', async (...row) => {
    const [method, url, body, status, code, path] = row
    const response = await world.request(method, url, body)
    expect(response.headers['content-type']).toContain('application/problem+json')
    const problem = contract.problemSchema.parse(response.json())
    expect(problem).toMatchObject({ status, code, path })
  })
})
