import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NOT_SOURCES = ['.git', 'node_modules', 'dist', 'web/dist']

/** What `npm pack` makes, unpacked, with the dependencies that this clone has. */
describe('the package', () => {
  let folder: string
  let unpacked: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ratchet-package-'))
    const clone = cloneIn(folder)
    execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: clone, stdio: 'pipe' })
    const file = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
    execFileSync('tar', ['xzf', file], { cwd: folder })
    unpacked = join(folder, 'package')
    symlinkSync(join(ROOT, 'node_modules'), join(unpacked, 'node_modules'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('runs compiled, without the sources', () => {
    expect(readdirSync(unpacked)).not.toContain('src')
    const said = execFileSync(join(unpacked, 'bin/ratchet'), ['version'], { encoding: 'utf8' })
    expect(said).toMatch(/^ratchet \d+\.\d+\.\d+\n$/)
  })

  it('can be imported', () => {
    const project = join(folder, 'project')
    mkdirSync(join(project, 'node_modules'), { recursive: true })
    symlinkSync(unpacked, join(project, 'node_modules/ratchet'))
    const program = "import { checkFile } from 'ratchet'; console.log(typeof checkFile)"
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(said.trim()).toBe('function')
  })

  it('brings the page, the examples and no tests', () => {
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.startsWith('node_modules'),
    )
    expect(files).toContain('web/dist/index.html')
    expect(files).toContain('examples/births/ratchet.yaml')
    expect(files.filter((name) => /\.(test|testing|contract)\.js$/.test(name))).toEqual([])
  })
})

/** The sources in a folder of their own: packing builds the page anew, which tests that run beside this one look at. */
function cloneIn(folder: string): string {
  const clone = join(folder, 'clone')
  const filter = (path: string): boolean => !NOT_SOURCES.includes(relative(ROOT, path))
  cpSync(ROOT, clone, { recursive: true, filter })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  return clone
}
