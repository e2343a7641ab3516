/**
 * Runs the measures, each file in a process of its own, one after the other, and prints one table.
 *
 * node bench/run.ts [NAME...] [--json FILE]      all files bench/*.bench.ts, or the named ones
 */
import { fork } from 'node:child_process'
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ROOM_OF_THE_RUN } from './data/projects.ts'
import { formatFigure, formatPeer, isReached, type Measure } from './measure.ts'

const LONGEST_MS = 300_000
/** DVC alone needs minutes for a hundred thousand files, and what is written has to reach the disk before the next turn. */
const LONGER_MS: Readonly<Record<string, number>> = {
  'data-large': 600_000,
  'data-many-add': 900_000,
  'data-many-checkout': 900_000,
}

interface Result {
  readonly name: string
  readonly measures: readonly Measure[]
  readonly failed: string | null
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
})
const folder = fileURLToPath(new URL('.', import.meta.url))
const files = globSync('*.bench.ts', { cwd: folder }).toSorted()
const nameOf = (file: string): string => basename(file, '.bench.ts')
const chosen = files.filter(
  (file) => positionals.length === 0 || positionals.includes(nameOf(file)),
)
const unknown = positionals.filter((name) => !files.map(nameOf).includes(name))
if (unknown.length > 0) {
  console.error(`No measure ${unknown.join(', ')}; there are ${files.map(nameOf).join(', ')}.`)
  process.exit(2)
}

const room = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
const results: Result[] = []
for (const file of chosen) {
  process.stderr.write(`${nameOf(file)} ...\n`)
  results.push(await runFile(file))
}
rmSync(room, { recursive: true, force: true })
printTable(results)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
if (results.some(({ failed }) => failed !== null)) process.exitCode = 1

function runFile(file: string): Promise<Result> {
  return new Promise((resolve) => {
    const measures: Measure[] = []
    const child = fork(folder + file, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [ROOM_OF_THE_RUN]: room },
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGER_MS[nameOf(file)] ?? LONGEST_MS)
    child.on('message', (measure) => measures.push(measure as Measure))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const failed = code === 0 ? null : `ended with ${signal ?? code}`
      resolve({ name: nameOf(file), measures, failed })
    })
  })
}

function printTable(all: readonly Result[]): void {
  const header = ['measure', 'ours', 'peer', 'ours/peer', 'to reach', '']
  const rows = all.flatMap(({ name, measures, failed }) => [
    ...measures.map(toRow),
    ...(failed === null ? [] : [[name, failed, '', '', '', 'FAILED']]),
  ])
  const table = [header, ...rows]
  const widths = header.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

function toRow(measure: Measure): string[] {
  const { ours, unit, reach, peer } = measure
  const reached = isReached(measure)
  return [
    measure.measure,
    `${formatFigure(ours)} ${unit}`,
    peer === undefined ? '' : formatPeer(peer),
    peer === undefined ? '' : formatFigure(ours / peer.value),
    reach === undefined ? '' : formatReach(reach),
    reached === null ? '' : reached ? 'reached' : 'MISSED',
  ]
}

function formatReach(reach: NonNullable<Measure['reach']>): string {
  return 'at_most' in reach
    ? `at most ${formatFigure(reach.at_most)}`
    : `at least ${formatFigure(reach.at_least)}`
}
