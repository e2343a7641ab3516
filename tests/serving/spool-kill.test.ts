import { afterEach, expect, test } from 'vitest'
import { linearModel } from '../fixtures/onnx-models.ts'
import { startTestGateway, type TestGateway } from './gateway-process.ts'

const ROUNDS = 8
let gateway: TestGateway
afterEach(() => gateway.close())

/** Asks without pause on several connections until the gateway dies; the ids of all answers that came. */
async function load(answered: string[]): Promise<void> {
  const ask = async () => {
    for (;;) {
      const answer = await gateway.infer([1], { datatype: 'INT64' }).catch(() => null)
      if (answer === null) return
      if (answer.status === 200) answered.push(answer.headers.get('x-ratchet-prediction-id') ?? '')
    }
  }
  await Promise.all(Array.from({ length: 8 }, ask))
}

test('kill -9 of the gateway under load, again and again: every answered prediction is in the spool, once', async () => {
  gateway = await startTestGateway()
  await gateway.route({ version: 1, model_path: gateway.model('1.onnx', linearModel({ x: 1 }, 0)) })
  const answered: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const loading = load(answered)
    // A later moment each time: while the first are parsed, computed, written, synced, answered.
    await new Promise((resolve) => setTimeout(resolve, 20 + 37 * round))
    await gateway.kill('SIGKILL')
    await loading
    await gateway.start()
  }
  const logged = gateway.predictions().map(({ id }) => id)
  expect(answered.length).toBeGreaterThan(ROUNDS * 8)
  expect(new Set(logged).size).toBe(logged.length)
  const inSpool = new Set(logged)
  expect(answered.filter((id) => !inSpool.has(id))).toEqual([])
}, 60_000)

test('a gateway that is told to stop finishes what it has begun', async () => {
  gateway = await startTestGateway()
  await gateway.route({ version: 1, model_path: gateway.model('1.onnx', linearModel({ x: 1 }, 0)) })
  const answered: string[] = []
  const loading = load(answered)
  await new Promise((resolve) => setTimeout(resolve, 200))
  await gateway.kill('SIGTERM')
  await loading
  const inSpool = new Set(gateway.predictions().map(({ id }) => id))
  expect(answered.filter((id) => !inSpool.has(id))).toEqual([])
})

test('a second gateway in one folder is refused', async () => {
  gateway = await startTestGateway()
  await expect(gateway.start()).rejects.toThrow('already serves this folder')
})
