import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quantile, report } from './measure.ts'

// How long a command takes that has nothing to do, beside the same for an empty Node program.

const RATCHET = fileURLToPath(new URL('../bin/ratchet', import.meta.url))
const ROUNDS = 20

function medianMs(command: string, args: readonly string[]): number {
  execFileSync(command, args, { stdio: 'ignore' })
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now()
    execFileSync(command, args, { stdio: 'ignore' })
    return performance.now() - startedAt
  })
  return quantile(times, 0.5)
}

const peer = { name: 'node -e 0', value: medianMs(process.execPath, ['-e', '0']) }
for (const verb of ['version', '--help'])
  report({
    measure: `ratchet ${verb}`,
    ours: medianMs(RATCHET, [verb]),
    unit: 'ms',
    reach: { at_most: 150 },
    peer,
  })
