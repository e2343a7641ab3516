/**
 * Builds what a package ships.
 *
 * node scripts/build.ts                  the library (dist/) and the page (web/dist/)
 * node scripts/build.ts --library        the library only
 * node scripts/build.ts --web-if-stale   the page, where something is newer than what was built
 */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUILT_PAGE = 'web/dist/index.html'
const PAGE_SOURCES = [
  'web/*.*',
  'web/{src,public}/**/*.*',
  'src/edges/http/contract*/**/*.ts',
  'package.json',
]

const { values } = parseArgs({
  options: { library: { type: 'boolean' }, 'web-if-stale': { type: 'boolean' } },
})
if (values['web-if-stale'] !== true) buildLibrary()
if (values.library !== true && (values['web-if-stale'] !== true || isStale())) buildPage()

function buildLibrary(): void {
  rmSync(`${ROOT}dist`, { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.build.json'])
}

function buildPage(): void {
  if (existsSync(`${ROOT}web/vite.config.ts`)) run('vite', ['build', 'web', '--logLevel', 'warn'])
}

function isStale(): boolean {
  if (!existsSync(ROOT + BUILT_PAGE)) return true
  const builtAt = statSync(ROOT + BUILT_PAGE).mtimeMs
  return globSync(PAGE_SOURCES, { cwd: ROOT }).some(
    (file) => statSync(ROOT + file).mtimeMs > builtAt,
  )
}

function run(command: string, args: readonly string[]): void {
  execFileSync(`${ROOT}node_modules/.bin/${command}`, args, { cwd: ROOT, stdio: 'inherit' })
}
