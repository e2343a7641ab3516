import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { identityModel, linearModel, logarithmModel, loopModel } from '../fixtures/onnx-models.ts'
import { runnerPids, startTestGateway, type TestGateway, type Version } from './gateway-process.ts'
import { killIfThere } from '../kill-if-there.ts'

let gateway: TestGateway
let champion: Version
const INT = { datatype: 'INT64' }

beforeAll(async () => {
  gateway = await startTestGateway()
  champion = { version: 1, model_path: gateway.model('1.onnx', linearModel({ x: 1 }, 0)) }
})
beforeEach(async () => {
  await gateway.route(champion)
})
afterAll(() => gateway.close())

test('a canary answers its share, sticky by key, and says so', async () => {
  const path = gateway.model('2.onnx', linearModel({ x: 2 }, 0))
  await gateway.route(champion, { version: 2, model_path: path, fraction: 0.5 })
  const arms = new Map<string, string>()
  for (let round = 0; round < 2; round++)
    for (let index = 0; index < 40; index++) {
      const answer = await gateway.infer([10], { ...INT, key: `k${index}` })
      const arm = answer.headers.get('x-ratchet-arm') ?? ''
      expect(answer.y).toEqual([arm === 'canary' ? 20 : 10])
      expect(answer.headers.get('x-ratchet-model-version')).toBe(arm === 'canary' ? '2' : '1')
      expect(arms.get(`k${index}`) ?? arm).toBe(arm)
      arms.set(`k${index}`, arm)
    }
  const canaries = [...arms.values()].filter((arm) => arm === 'canary').length
  expect(canaries).toBeGreaterThan(8)
  expect(canaries).toBeLessThan(32)
})

test('the champion answers for a canary that is corrupt, and the version says why', async () => {
  const path = gateway.model('corrupt.onnx', Buffer.from('not a model'))
  const state = await gateway.route(champion, { version: 3, model_path: path })
  expect(state.versions['m/3']).toMatchObject({ status: 'failed', code: 'SERVING_MODEL_CORRUPT' })
  const answer = await gateway.infer([7], INT)
  expect(answer.y).toEqual([7])
  expect(answer.headers.get('x-ratchet-arm')).toBe('fallback')
  expect(gateway.predictions().at(-1)).toMatchObject({
    arm: 'fallback',
    version: 1,
    rollout_id: 'rol_test',
    canary_error: expect.stringContaining('SERVING_NOT_READY'),
  })
})

test('a digest that is not that of the file fails the version', async () => {
  const state = await gateway.route(champion, { ...champion, version: 4, digest: 'ab' })
  expect(state.versions['m/4']).toMatchObject({ code: 'SERVING_MODEL_CORRUPT' })
})

test('the champion answers for a canary with other inputs', async () => {
  const path = gateway.model('other.onnx', linearModel({ x: 1, z: 1 }, 0))
  await gateway.route(champion, { version: 5, model_path: path })
  const answer = await gateway.infer([7], INT)
  expect(answer.headers.get('x-ratchet-arm')).toBe('fallback')
  expect(gateway.predictions().at(-1)?.canary_error).toContain('asks for input z')
})

test('a canary may need fewer inputs than the champion', async () => {
  const wide = { version: 1, model_path: gateway.model('w.onnx', linearModel({ x: 1, z: 1 }, 0)) }
  await gateway.route(wide, { version: 6, model_path: champion.model_path })
  const input = (name: string) => ({ name, datatype: 'INT64', shape: [1, 1], data: [5] })
  const answer = await gateway.post('/v2/models/m/infer', { inputs: [input('x'), input('z')] })
  expect(answer.headers.get('x-ratchet-arm')).toBe('canary')
  expect(answer.y).toEqual([5])
})

test('the champion answers for a canary that gives no number, and keeps its own answer', async () => {
  const identity = { version: 1, model_path: gateway.model('id.onnx', identityModel(1)) }
  const path = gateway.model('log.onnx', logarithmModel())
  await gateway.route(identity, { version: 7, model_path: path })
  expect((await gateway.infer([1])).headers.get('x-ratchet-arm')).toBe('canary')
  const answer = await gateway.infer([-1])
  expect(answer.headers.get('x-ratchet-arm')).toBe('fallback')
  expect(answer.y).toEqual([-1])
  expect(gateway.predictions().at(-1)?.canary_error).toContain('SERVING_OUTPUT_INVALID')
})

test('the champion answers in time for a canary that hangs, and its process is ended', async () => {
  const path = gateway.model('loop.onnx', loopModel())
  const state = await gateway.route(champion, { version: 8, model_path: path, timeout_ms: 1000 })
  expect(state.versions['m/8']?.status).toBe('ready')
  const startedAt = performance.now()
  const answer = await gateway.infer([1e15], INT)
  expect(answer.headers.get('x-ratchet-arm')).toBe('fallback')
  expect(answer.y).toEqual([Math.fround(1e15)])
  expect(performance.now() - startedAt).toBeLessThan(3000)
  // While it is stuck, nobody waits for it.
  const again = performance.now()
  expect((await gateway.infer([1], INT)).headers.get('x-ratchet-arm')).toBe('fallback')
  expect(performance.now() - again).toBeLessThan(900)
  await expect
    .poll(async () => (await gateway.infer([1], INT)).headers.get('x-ratchet-arm'), {
      timeout: 5000,
    })
    .toBe('canary')
})

test('the death of a canary in the middle of a request is no error for its caller', async () => {
  const path = gateway.model('loop.onnx', loopModel())
  await gateway.route(champion, { version: 9, model_path: path, timeout_ms: 5000 })
  const [, canaryPid] = await newestRunners()
  const answering = gateway.infer([1e15], INT)
  await new Promise((resolve) => setTimeout(resolve, 100))
  process.kill(canaryPid as number, 'SIGKILL')
  const answer = await answering
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-ratchet-arm')).toBe('fallback')
  expect(gateway.predictions().at(-1)?.canary_error).toContain('SIGKILL')
})

test('the champion comes back by itself, and the requests of that moment are answered', async () => {
  for (let round = 0; round < 5; round++) {
    const burst = Array.from({ length: 20 }, (_, index) => gateway.infer([index], INT))
    for (const pid of runnerPids(gateway.pid())) killIfThere(pid)
    const answers = await Promise.all(burst)
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(answers.map(({ y }) => y[0])).toEqual(Array.from({ length: 20 }, (_, index) => index))
  }
})

test('a new champion that cannot be loaded leaves the old one in its place', async () => {
  const path = gateway.model('corrupt.onnx', Buffer.from('not a model'))
  const state = await gateway.route({ version: 10, model_path: path })
  expect(state.versions['m/10']?.status).toBe('failed')
  const answer = await gateway.infer([3], INT)
  expect(answer.y).toEqual([3])
  expect(answer.headers.get('x-ratchet-model-version')).toBe('1')
})

test('a shadow is asked the same and recorded, and does not delay the caller', async () => {
  const loop = gateway.model('loop.onnx', loopModel())
  await gateway.route(champion, { version: 11, model_path: loop, mode: 'shadow', timeout_ms: 1000 })
  const before = gateway.shadows().length
  const quick = await gateway.infer([1], INT)
  await gateway.socket('POST', '/internal/flush')
  const startedAt = performance.now()
  const slow = await gateway.infer([1e15], INT)
  expect(performance.now() - startedAt).toBeLessThan(800)
  expect(slow.headers.get('x-ratchet-arm')).toBe('control')
  const end = await gateway.socket('POST', '/internal/flush')
  expect(end).toMatchObject({ epoch: expect.any(Number), offset: expect.any(Number) })
  const [first, second] = gateway.shadows().slice(before)
  expect(first).toMatchObject({
    prediction_id: quick.headers.get('x-ratchet-prediction-id'),
    version: 11,
    outputs: { y: [1] },
    error: null,
  })
  expect(second?.error).toContain('SERVING_TIMEOUT')
})

test('going back is at once: the version before is still loaded', async () => {
  const path = gateway.model('12.onnx', linearModel({ x: 3 }, 0))
  await gateway.route({ version: 12, model_path: path })
  expect((await gateway.infer([2], INT)).y).toEqual([6])
  const running = runnerPids(gateway.pid())
  await gateway.route(champion)
  expect((await gateway.infer([2], INT)).y).toEqual([2])
  // No process was started for it.
  expect(running).toEqual(expect.arrayContaining([...runnerPids(gateway.pid())]))
})

async function newestRunners(): Promise<readonly number[]> {
  const pids = runnerPids(gateway.pid())
  return [pids[0] ?? -1, pids.at(-1) ?? -1]
}
