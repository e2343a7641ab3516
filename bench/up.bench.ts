import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quantile, report } from './measure.ts'
import { childrenOf, programOf, residentMegabytes } from './processes.ts'
import { freePort } from '../tests/free-port.ts'

// `ratchet up` in a small project: how long until both planes are ready, and what they hold when idle.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ROUNDS = 5
const IDLE_MS = 3000

const project = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
cpSync(`${ROOT}examples/births`, project, { recursive: true })
execFileSync('git', ['init', '-q', project])
const readyMs: number[] = []
let resident: readonly (readonly [string, number])[] = []
try {
  for (let round = 1; round <= ROUNDS; round += 1) readyMs.push(await start(round === ROUNDS))
} finally {
  rmSync(project, { recursive: true, force: true })
}
const reach = { at_most: 1500 }
report({ measure: 'ratchet up: first start', ours: readyMs[0] ?? Number.NaN, unit: 'ms', reach })
report({ measure: 'ratchet up: median', ours: quantile(readyMs, 0.5), unit: 'ms', reach })
for (const [name, ours] of resident)
  report({ measure: `${name}: resident, idle`, ours, unit: 'MB', reach: { at_most: 160 } })

async function start(measuresMemory: boolean): Promise<number> {
  const ports = [await freePort(), await freePort()]
  const startedAt = performance.now()
  const up = spawn(
    `${ROOT}bin/ratchet`,
    ['up', '--json', '--port', String(ports[0]), '--inference-port', String(ports[1])],
    { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  up.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>((resolve) => up.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    up.stdout.once('data', () => resolve())
    up.once('exit', (code) => reject(new Error(`ratchet up ended with ${code}: ${said}`)))
  })
  const ms = performance.now() - startedAt
  if (measuresMemory) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const pids = up.pid === undefined ? [] : [up.pid, ...childrenOf(up.pid)]
    resident = pids.map((pid) => [programOf(pid), residentMegabytes(pid)] as const)
  }
  up.kill('SIGTERM')
  await ended
  return ms
}
