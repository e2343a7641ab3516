import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import type { Summary } from '../src/main/demo/summary.ts'
import { freePort } from './free-port.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-demo-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The demo as its user starts it, over two of its eighteen years. */
async function play(name: string): Promise<Summary> {
  const [port, inference] = await Promise.all([freePort(), freePort()])
  const report = join(folder, `${name}.json`)
  const flags = ['--port', String(port), '--inference-port', String(inference)]
  const args = ['demo', '--exit', '--until', '1972-12-31', ...flags, '--json', report]
  await promisify(execFile)(join(import.meta.dirname, '../bin/ratchet'), args)
  return JSON.parse(readFileSync(report, 'utf8')) as Summary
}

it('plays two years through the loop, survives its faults and loses nothing', async () => {
  const summary = await play('first')
  const { predictions, retrainings, refused, rolled_back, mae } = summary
  // One a day, and five more while the control plane was dead.
  expect(predictions).toMatchObject({
    asked: 736,
    answered: 736,
    logged: 736,
    labelled: 731,
    lost: 0,
  })
  expect(refused.data).toBe(1)
  expect(rolled_back).toBeGreaterThanOrEqual(1)
  expect(retrainings.monthly).toBe(24)
  expect(retrainings.done).toBeGreaterThanOrEqual(4)
  expect(mae.alone).toBeGreaterThan(700)
  expect(mae.ratchet).toBeLessThan(mae.alone)
  expect(Object.keys(summary.by_year)).toEqual(['1971', '1972'])
}, 90_000)
