import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { collectErrors, errorDocs } from '../scripts/error-docs.ts'
import { EXERCISED } from './documentation/exercised.ts'
import { shellCommands } from './documentation/shell-blocks.ts'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const exists = (path: string): boolean => existsSync(new URL(path, root))
const documents = globSync(['*.md', 'docs/**/*.md', 'examples/*/README.md'], { cwd: root })

describe('docs/errors.md', () => {
  it('is what the tables in the code say; npm run docs:errors writes it', async () => {
    expect(read('docs/errors.md')).toBe(errorDocs(await collectErrors()))
  })

  it('has each code once', async () => {
    const codes = (await collectErrors()).flatMap(({ table }) => Object.keys(table))
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
    expect(codes.filter((code) => !/^[A-Z][A-Z0-9_]+$/.test(code))).toEqual([])
  })

  it('misses no table: they stand in files named errors.ts', () => {
    const elsewhere = globSync('src/**/*.ts', { cwd: root })
      .filter((file) => !/(\/errors|\.test)\.ts$/.test(file))
      .filter((file) => /\bdefineErrors\(\{/.test(read(file)))
    expect(elsewhere).toEqual([])
  })

  it('gives advice in sentences', async () => {
    const rows = (await collectErrors()).flatMap(({ table }) => Object.entries(table))
    for (const [code, { title, next }] of rows)
      for (const text of [title, next]) expect(text, code).toMatch(/\w.*[.!?`]$/s)
  })
})

describe('commands in the documentation', () => {
  const commands = documents.flatMap((file) => shellCommands(file, read(file)))

  it('are all exercised: name the test that runs one in tests/documentation/exercised.ts', () => {
    const unproven = commands.filter(
      ({ command }) =>
        !EXERCISED.some((one) =>
          typeof one.command === 'string' ? one.command === command : one.command.test(command),
        ),
    )
    expect(unproven.map(({ file, line, command }) => `${file}:${line} ${command}`)).toEqual([])
  })

  it.each(EXERCISED)('$command is exercised by $file', ({ file, words }) => {
    expect(exists(file), file).toBe(true)
    expect(read(file)).toContain(words)
  })

  it('are found in fenced blocks, with comments, prompts and line breaks taken off', () => {
    const text = [
      '```sh',
      '$ a --b # why',
      '',
      'c \\',
      '  d',
      '# only',
      '```',
      '```yaml',
      'e',
      '```',
    ]
    expect(shellCommands('x.md', text.join('\n')).map(({ command }) => command)).toEqual([
      'a --b',
      'c d',
    ])
  })
})

describe('the documentation', () => {
  it.each(documents)('%s: links lead to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)]
    const broken = links
      .map(([, target = '']) => new URL(target, new URL(file, root)))
      .filter((target) => !existsSync(target))
    expect(broken.map(({ pathname }) => pathname)).toEqual([])
  })

  it('gives each dependency its line of reason, and names no other', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as {
      readonly dependencies: Record<string, string>
      readonly devDependencies: Record<string, string>
    }
    const page = read('docs/decisions/dependencies.md')
    const named = [...page.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)]
    expect(named.map(([, name = '']) => name).toSorted()).toEqual(
      Object.keys({ ...dependencies, ...devDependencies }).toSorted(),
    )
    for (const [, name, reason] of named) expect(reason?.length, name).toBeGreaterThan(15)
  })
})
