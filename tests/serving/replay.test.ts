import { afterAll, beforeAll, expect, test } from 'vitest'
import { servingPaths } from '../../src/capabilities/serving/index.ts'
import { writeFileAtomically } from '../../src/storage/files/atomic.ts'
import { linearModel } from '../fixtures/onnx-models.ts'
import { startTestGateway, type TestGateway } from './gateway-process.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
  const model_path = gateway.model('1.onnx', linearModel({ x: 1 }, 0))
  await gateway.route({ version: 1, model_path })
})
afterAll(() => gateway.close())

test("a replay's predictions carry the replay's time, from the moment at which its clock is moved", async () => {
  for (let day = 1; day <= 20; day++) {
    const now = Date.UTC(1971, 0, day)
    const clock = JSON.stringify({ mode: 'replay', now })
    writeFileAtomically(servingPaths(gateway.stateDir).clock, clock)
    await gateway.infer([day], { datatype: 'INT64', key: `${day}` })
    expect(gateway.predictions().at(-1)).toMatchObject({ at: now, key: `${day}` })
  }
  await gateway.post('/feedback', { prediction_id: 'pred_a', label: 1 })
  expect(gateway.records().at(-1)?.at).toBe(Date.UTC(1971, 0, 20))
})
