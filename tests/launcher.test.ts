import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../bin/ratchet', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-launcher-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A clone of nothing but what starts it and an entry that prints its arguments. */
function cloneWith(entry: 'src/main/cli.ts' | 'dist/main/cli.js'): string {
  const root = join(folder, 'a clone')
  mkdirSync(join(root, 'bin'), { recursive: true })
  for (const name of ['ratchet', 'compiled.cjs'])
    cpSync(join(LAUNCHER, '..', name), join(root, 'bin', name))
  mkdirSync(join(root, entry, '..'), { recursive: true })
  writeFileSync(join(root, entry), 'console.log(JSON.stringify(process.argv.slice(2)))')
  return root
}

function programOnPath(name: string, text: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, name), text, { mode: 0o755 })
  return `${bin}:/usr/bin:/bin`
}

it('runs from any folder and through symbolic links, whatever Node the system has', () => {
  symlinkSync(LAUNCHER, join(folder, 'one'))
  symlinkSync('one', join(folder, 'two'))
  const PATH = programOnPath('node', '#!/bin/sh\nexit 9\n')
  const said = execFileSync(join(folder, 'two'), ['version'], {
    cwd: '/',
    env: { PATH },
    encoding: 'utf8',
  })
  expect(said).toMatch(/^ratchet \d+\.\d+\.\d+\n$/)
})

it('has a home where the system knows none, as for users without an account in containers', () => {
  const lost = join(folder, 'lost.cjs')
  writeFileSync(
    lost,
    `const os = require('node:os')
    os.homedir = () => { if (process.env.HOME) return process.env.HOME; throw new Error('ENOENT') }`,
  )
  const compiled = join(LAUNCHER, '../compiled.cjs')
  const told = ['--require', lost, '--require', compiled, '-p', 'process.env.HOME']
  const said = execFileSync(process.execPath, told, { env: {}, encoding: 'utf8' })
  expect(said).toBe('/\n')
})

it.each(['src/main/cli.ts', 'dist/main/cli.js'] as const)('starts %s', (entry) => {
  const root = cloneWith(entry)
  mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true })
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'))
  const said = execFileSync(join(root, 'bin/ratchet'), ['check', 'a b', '*'], { encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual(['check', 'a b', '*'])
})

it('never runs compiled code of a file that has changed since, even if size and times are the same', () => {
  const root = cloneWith('src/main/cli.ts')
  const inner = join(root, 'src/main/said.ts')
  const env = { PATH: programOnPath('node', `#!/bin/sh\nexec "${process.execPath}" "$@"\n`) }
  const XDG_CACHE_HOME = join(folder, 'cache')
  const say = (word: string): string => {
    writeFileSync(inner, `export const said: string = '${word}'`)
    utimesSync(inner, 1e9, 1e9)
    return execFileSync(join(root, 'bin/ratchet'), {
      env: { ...env, XDG_CACHE_HOME },
      encoding: 'utf8',
    })
  }
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(root, 'src/main/cli.ts'),
    "import { said } from './said.ts'\nconsole.log(said)",
  )
  expect([say('old'), say('old'), say('new')]).toEqual(['old\n', 'old\n', 'new\n'])
  expect(readdirSync(join(XDG_CACHE_HOME, 'ratchet/compiled'))).toHaveLength(1)
})

it('takes a system Node of at least 24 where there is no other', () => {
  const root = cloneWith('src/main/cli.ts')
  const PATH = programOnPath('node', `#!/bin/sh\nexec "${process.execPath}" "$@"\n`)
  const said = execFileSync(join(root, 'bin/ratchet'), ['x'], { env: { PATH }, encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual(['x'])
})

it('says what is missing and how to get it, with an older one', () => {
  const root = cloneWith('src/main/cli.ts')
  const PATH = programOnPath('node', '#!/bin/sh\necho v20.1.0\n')
  const { status, stderr } = spawnSync(join(root, 'bin/ratchet'), {
    env: { PATH },
    encoding: 'utf8',
  })
  expect(status).toBe(69)
  expect(stderr).toContain('v20.1.0')
  expect(stderr).toContain(`npm ci" in ${root}`)
})
