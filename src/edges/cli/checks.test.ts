import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, expect, test } from 'vitest'
import { type ExitCode, RatchetError } from '../../base/errors.ts'
import { manualClock } from '../../base/time.ts'
import { registerCheckCommands } from './checks.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-cli-check-'))
const contract = write('c.yaml', 'columns: { births: { type: integer, min: 0 } }')
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

async function run(...args: readonly string[]) {
  const lines: string[] = []
  let exit: ExitCode | null = null
  const program = new Command().exitOverride()
  registerCheckCommands(program, {
    print: (line) => void lines.push(line),
    clock: manualClock(0),
    contractFor: async () => contract,
    setExitCode: (code) => {
      exit = code
    },
  })
  const error = await program.parseAsync(['check', ...args], { from: 'user' }).then(
    () => null,
    (failure: unknown) => failure,
  )
  return { lines, exit: error instanceof RatchetError ? error.exit : exit }
}

test('0 for data that keeps its contract', async () => {
  const { lines, exit } = await run(write('good.csv', 'births\n5\n'))
  expect(exit).toBe(0)
  expect(lines).toEqual([
    expect.stringMatching(/^passed: .*good\.csv keeps .*c\.yaml \(3 checks on 1 rows\)\.$/),
  ])
})

test('1 for data that breaks it, with rows and columns, five shown', async () => {
  const { lines, exit } = await run(write('bad.csv', `births\n${'-1\n'.repeat(30)}`))
  expect(exit).toBe(1)
  expect(lines.slice(1, 3)).toEqual([
    '  x births: expected at least 0; 30 rows are not, first row 1: "-1" [min]',
    '      row 1: -1',
  ])
  expect(lines.at(-1)).toBe('      and 25 more')
})

test('--json is one document', async () => {
  const { lines } = await run(write('bad.csv', 'births\n-1\n'), '--json')
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    verdict: 'failed',
    rows: 1,
    checked_at: '1970-01-01T00:00:00.000Z',
  })
})

test('1 for a file that is no table, 2 for a wrong contract, 4 for a missing file', async () => {
  const wrong = write('wrong.yaml', 'columns: { births: { type: int } }')
  expect((await run(write('torn.csv', 'births\n1,2\n'))).exit).toBe(1)
  expect((await run(write('good.csv', 'births\n5\n'), '--contract', wrong)).exit).toBe(2)
  expect((await run(join(folder, 'nowhere.csv'))).exit).toBe(4)
  expect((await run(write('good.csv', 'births\n5\n'), '-c', join(folder, 'no.yaml'))).exit).toBe(4)
})
