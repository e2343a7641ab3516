import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { linearModel, loopModel } from '../fixtures/onnx-models.ts'
import { runnerPids, startTestGateway } from './gateway-process.ts'

test('kill -9 of the gateway takes its runners with it, also one that loops for ever', async () => {
  const gateway = await startTestGateway()
  try {
    const loop = { version: 2, model_path: gateway.model('loop.onnx', loopModel()) }
    const champion = {
      version: 1,
      model_path: gateway.model('1.onnx', linearModel({ x: 1 }, 0)),
    }
    await gateway.route(champion, { ...loop, timeout_ms: 900 })
    const pids = runnerPids(gateway.pid())
    expect(pids).toHaveLength(2)
    const hanging = gateway.infer([1e15], { datatype: 'INT64' }).catch(() => null)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await gateway.kill('SIGKILL')
    await hanging
    await expect
      .poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 5000 })
      .toEqual([])
  } finally {
    await gateway.close()
  }
})
