import { expect } from 'vitest'
import { type ControlPlane, newRun, planeFolder, startPlane, stepsOf } from './control-plane.ts'

const WRITERS = 8

interface Written {
  readonly acknowledged: Map<string, number[]>
  stopped: boolean
}

/** Kills the control plane under load again and again; every write that it acknowledged is there, each once. */
export async function killWhileLogging(kills: number): Promise<number> {
  const { folder, remove } = planeFolder()
  const written: Written = { acknowledged: new Map(), stopped: false }
  try {
    let plane = await startPlane(folder)
    const run = await newRun(plane)
    for (let kill = 0; kill < kills; kill += 1) {
      written.stopped = false
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        write(plane, { run, writer, kill }, written),
      )
      await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 150))
      await plane.kill()
      written.stopped = true
      await Promise.all(writers)
      plane = await startPlane(folder)
    }
    const count = await checkAll(plane, run, written)
    await plane.stop()
    return count
  } finally {
    remove()
  }
}

interface Place {
  readonly run: string
  readonly writer: number
  readonly kill: number
}

// Sends each point until it is acknowledged or the plane is gone. Half of the writers send batches.
async function write(
  plane: ControlPlane,
  { run, writer, kill }: Place,
  written: Written,
): Promise<void> {
  const key = `m${writer}`
  const steps = written.acknowledged.get(key) ?? []
  written.acknowledged.set(key, steps)
  for (let index = 0; !written.stopped; index += 1) {
    const first = kill * 1_000_000 + index * 10
    const batch = Array.from({ length: writer % 2 === 0 ? 1 : 10 }, (_, offset) => first + offset)
    const point = (step: number) => ({ key, value: step, timestamp: step, step })
    const answer = await (
      batch.length === 1
        ? plane.ask('POST', '/runs/log-metric', { run_id: run, ...point(first) })
        : plane.ask('POST', '/runs/log-batch', { run_id: run, metrics: batch.map(point) })
    ).catch(() => null)
    if (answer === null) return
    expect(answer.status).toBe(200)
    steps.push(...batch)
  }
}

async function checkAll(
  plane: ControlPlane,
  run: string,
  { acknowledged }: Written,
): Promise<number> {
  let count = 0
  for (const [key, steps] of acknowledged) {
    const found = await stepsOf(plane, run, key)
    const there = new Set(found)
    expect(steps.filter((step) => !there.has(step))).toEqual([])
    expect(found).toHaveLength(there.size)
    count += steps.length
  }
  return count
}
