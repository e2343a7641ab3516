import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ControlPlane, newRun, planeFolder, startPlane, stepsOf } from './control-plane.ts'
import { killWhileLogging } from './kill-while-logging.ts'

it('keeps what it acknowledged when it is killed while many log', async () => {
  // A hundred kills: tests/interop/tracking-faults.test.ts.
  expect(await killWhileLogging(3)).toBeGreaterThan(20)
})

describe('a control plane', () => {
  const { folder, remove } = planeFolder()
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startPlane(folder)
  })
  afterAll(async () => {
    await plane.stop()
    remove()
  })

  it('lets 64 write into one run at once, and loses nothing', async () => {
    const run = await newRun(plane)
    const writers = Array.from({ length: 64 }, (_, writer) => writer)
    const statuses = await Promise.all(
      writers.map(async (writer) => {
        const own: number[] = []
        for (let step = writer; step < 640; step += 64) {
          const metrics = [{ key: 'm', value: step, timestamp: 1, step }]
          const params = [{ key: `p${writer}`, value: 'same' }]
          const answer = await plane.ask('POST', '/runs/log-batch', {
            run_id: run,
            metrics,
            params,
          })
          own.push(answer.status)
        }
        return own
      }),
    )
    expect(new Set(statuses.flat())).toEqual(new Set([200]))
    expect(await stepsOf(plane, run, 'm')).toEqual(Array.from({ length: 640 }, (_, step) => step))
    const { body } = await plane.ask('GET', `/runs/get?run_id=${run}`)
    const { data } = body['run'] as { data: { params: unknown[]; metrics: { step: number }[] } }
    expect(data.params).toHaveLength(64)
    expect(data.metrics).toMatchObject([{ step: 639 }])
  })

  it('takes a batch that comes again, whole or mixed with new values, for the same one', async () => {
    const run = await newRun(plane)
    const batch = (steps: readonly number[]) => ({
      run_id: run,
      metrics: steps.map((step) => ({ key: 'm', value: step, timestamp: step, step })),
      params: [{ key: 'p', value: '1' }],
      tags: [{ key: 't', value: 'x' }],
    })
    for (const steps of [
      [1, 2, 3],
      [1, 2, 3],
      [2, 3, 4],
      [1, 2, 3],
    ]) {
      const answer = await plane.ask('POST', '/runs/log-batch', batch(steps))
      expect(answer.status).toBe(200)
    }
    expect(await stepsOf(plane, run, 'm')).toEqual([1, 2, 3, 4])
  })
})
