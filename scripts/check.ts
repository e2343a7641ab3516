/** `npm run check`: everything that reads the code without running it. One line a check, output of those that fail. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

interface Check {
  readonly name: string
  readonly command: string
  /** The file or folder without which there is nothing to check. */
  readonly needs?: string
}

const CHECKS: readonly Check[] = [
  { name: 'types', command: 'tsc -p tsconfig.json' },
  { name: 'types of the page', command: 'tsc -p web/tsconfig.json', needs: 'web/tsconfig.json' },
  { name: 'lint', command: 'oxlint --type-aware' },
  { name: 'format', command: 'oxfmt --check' },
  { name: 'dead code', command: 'knip' },
  { name: 'duplicates', command: 'jscpd .' },
  { name: 'licenses', command: 'node scripts/check-licenses.ts' },
  { name: 'lock file', command: 'node scripts/complete-lock.ts --check' },
  { name: 'architecture', command: 'vitest run tests/architecture.test.ts' },
  { name: 'documentation', command: 'vitest run tests/docs.test.ts' },
  {
    name: 'package',
    command: 'node scripts/build.ts --library && publint',
    needs: 'src/index.ts',
  },
]

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const AT_ONCE = 2
const LONGEST_MS = 120_000

const { positionals } = parseArgs({ allowPositionals: true })
const chosen = CHECKS.filter(
  ({ name, needs }) =>
    (positionals.length === 0 || positionals.includes(name)) &&
    (needs === undefined || existsSync(`${ROOT}${needs}`)),
)
const startedAt = performance.now()
const waiting = [...chosen]
const results: boolean[] = []
await Promise.all(Array.from({ length: AT_ONCE }, work))

const passed = results.filter(Boolean).length
const failed = results.length - passed
console.log(`checks in ${seconds(startedAt)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function work(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift())
    results.push(await run(check))
}

async function run({ name, command }: Check): Promise<boolean> {
  const began = performance.now()
  const child = spawn(`${command}`, {
    cwd: ROOT,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
  let output = ''
  const keep = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds(began)} s)`)
  if (code !== 0) console.log(output.replaceAll(/^/gm, '    '))
  return code === 0
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
