import { performance } from 'node:perf_hooks'
import { tools } from './tools.ts'

// `node tests/interop/make-tools.ts` makes every tool that is missing, so that no test has to wait for it.
for (const [name, make] of Object.entries(tools)) {
  const begun = performance.now()
  make()
  console.log(`${name.padEnd(20)} ${((performance.now() - begun) / 1000).toFixed(1)} s`)
}
