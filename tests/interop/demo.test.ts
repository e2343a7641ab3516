import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Summary } from '../../src/main/demo/summary.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'ratchet-whole-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the README promises of the demo, held on all of its eighteen years. */
describe('npm run demo', () => {
  let summary: Summary

  beforeAll(async () => {
    const report = join(folder, 'summary.json')
    const ports = ['--port', '5391', '--inference-port', '8391']
    const args = ['run', 'demo', '--', '--exit', ...ports, '--json', report]
    await promisify(execFile)('npm', args, { cwd: ROOT })
    summary = JSON.parse(readFileSync(report, 'utf8')) as Summary
    console.log(JSON.stringify(summary, null, 2))
  }, 300_000)

  it('plays eighteen years in under 100 s', () => {
    expect(Object.keys(summary.by_year)).toHaveLength(18)
    expect(summary.seconds).toBeLessThan(100)
  })

  it('errs at most half as much as the model left alone, and a tenth more than retraining each month', () => {
    const { alone, ratchet, monthly } = summary.mae
    expect(ratchet).toBeLessThanOrEqual(0.5 * alone)
    expect(ratchet).toBeLessThanOrEqual(1.1 * monthly)
  })

  it('trains at most a quarter as often', () => {
    const { done, monthly } = summary.retrainings
    expect(monthly).toBe(216)
    expect(done).toBeLessThanOrEqual(monthly / 4)
  })

  it('refuses the bad data and the lost feature, and rolls back what fails on live traffic', () => {
    expect(summary.refused.data).toBe(1)
    expect(summary.refused.gate).toBeGreaterThanOrEqual(1)
    expect(summary.rolled_back).toBeGreaterThanOrEqual(1)
  })

  it('answers every question, also while the control plane is dead, and loses nothing', () => {
    const { asked, answered, logged, labelled, lost } = summary.predictions
    // One a day for 6,575 days, and five while the control plane was dead.
    expect({ asked, answered, logged, labelled, lost }).toEqual({
      asked: 6580,
      answered: 6580,
      logged: 6580,
      labelled: 6575,
      lost: 0,
    })
  })
})
