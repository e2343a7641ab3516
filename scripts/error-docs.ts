import { globSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { dirname, join } from 'node:path'
import type { ErrorTable } from '../src/base/errors.ts'

export interface AreaErrors {
  /** Where the table stands, such as `capabilities/datasets`. */
  readonly area: string
  readonly table: ErrorTable
}

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url))

/** Every table that `defineErrors` made in a file `errors.ts`, in the order of its folder's name. */
export async function collectErrors(): Promise<readonly AreaErrors[]> {
  const files = globSync('**/errors.ts', { cwd: SOURCES }).toSorted()
  const found = await Promise.all(files.map(readTables))
  return found.flat().filter(({ area }) => area !== 'base')
}

async function readTables(file: string): Promise<readonly AreaErrors[]> {
  const module = (await import(pathToFileURL(join(SOURCES, file)).href)) as Record<string, unknown>
  return Object.values(module).flatMap((value) =>
    hasTable(value) ? [{ area: dirname(file), table: value.table }] : [],
  )
}

function hasTable(value: unknown): value is { readonly table: ErrorTable } {
  return value !== null && typeof value === 'object' && 'table' in value
}

const INTRODUCTION = `# Errors

Every error that Ratchet reports has one of these codes, on the command line and on every protocol. Over HTTP it
is \`application/problem+json\` with the status; a command prints it and ends with the exit code. Besides what stands here, an
occurrence says what was found and where (\`detail\`, \`path\`), and its own advice (\`next\`) where the case knows better.

Written by \`npm run docs:errors\` from the tables in \`src/**/errors.ts\`; \`tests/docs.test.ts\` holds it to them.

Exit codes: 0 done or passed, 1 the answer is no, 2 usage or configuration, 3 inconclusive: too little data, 4 not found,
5 conflict or locked, 69 something needed is unavailable, 70 our fault, 130 interrupted.
`

/** docs/errors.md as it must read. */
export function errorDocs(areas: readonly AreaErrors[]): string {
  return [INTRODUCTION, ...areas.map(section)].join('\n')
}

function section({ area, table }: AreaErrors): string {
  const rows = Object.entries(table).map(
    ([code, { status, exit, title, next }]) =>
      `| \`${code}\` | ${status} | ${exit} | ${cell(title)} | ${cell(next)} |`,
  )
  return [
    `## ${area.replace('capabilities/', '')}`,
    '',
    '| code | HTTP | exit | what it means | what to do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
