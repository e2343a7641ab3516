/**
 * `npm install` leaves an optional package out of the lock file when its registry does not hold it: typically
 * the binaries of other platforms, on a mirror. `npm ci` then refuses the lock. This writes the entries that
 * the registry of packages would have given: name, version and platform, which is all that npm needs
 * to skip them here and to install them there.
 *
 * node scripts/complete-lock.ts          writes
 * node scripts/complete-lock.ts --check  fails if something is missing
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface LockEntry {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
  readonly license?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}
interface Lock {
  packages: Record<string, LockEntry>
}

const LOCK_FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const EXACT_VERSION = /^\d+\.\d+\.\d+[\w.+-]*$/
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'windows']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32']

/** The lock with an entry for each optional dependency of an exact version that it lacks. */
export function completeLock(lock: Lock): { readonly lock: Lock; readonly added: string[] } {
  const packages = { ...lock.packages }
  const added: string[] = []
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (path === '' || !EXACT_VERSION.test(version) || isInstalled(packages, path, name)) continue
      packages[`node_modules/${name}`] = platformEntry(name, version, entry)
      added.push(name)
    }
  }
  const sorted = Object.fromEntries(
    Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
  )
  return { lock: { ...lock, packages: sorted }, added }
}

// Node's own rule: the dependant's node_modules, then that of each folder above it.
function isInstalled(packages: Lock['packages'], dependant: string, name: string): boolean {
  for (let folder = dependant; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (packages[`${folder}/node_modules/${name}`] !== undefined) return true
    if (!folder.includes('/node_modules/')) break
  }
  return packages[`node_modules/${name}`] !== undefined
}

function platformEntry(name: string, version: string, dependant: LockEntry): LockEntry {
  const words = name.split(/[/-]/)
  const system = words.find((word) => SYSTEMS.includes(word))
  const processor = words.find((word) => PROCESSORS.includes(word))
  const libc = system !== 'linux' ? undefined : libcOf(words)
  if (system === undefined && processor === undefined)
    throw new Error(`${name}: not a package for one platform; add it to the registry of packages.`)
  return {
    version,
    ...(processor === undefined ? {} : { cpu: [processor] }),
    ...(dependant.dev === true ? { dev: true } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(dependant.license === undefined ? {} : { license: dependant.license }),
    optional: true,
    ...(system === undefined ? {} : { os: [system === 'windows' ? 'win32' : system] }),
  }
}

function libcOf(words: readonly string[]): 'glibc' | 'musl' | undefined {
  if (words.some((word) => word.startsWith('musl'))) return 'musl'
  return words.some((word) => word.startsWith('gnu')) ? 'glibc' : undefined
}

if (import.meta.main) {
  const { lock, added } = completeLock(JSON.parse(readFileSync(LOCK_FILE, 'utf8')) as Lock)
  if (process.argv.includes('--check')) {
    if (added.length > 0) {
      console.error(
        `package-lock.json lacks ${added.length} optional packages: ${added.join(', ')}`,
      )
      console.error('Run `npm run lock:complete`.')
      process.exitCode = 1
    } else console.log('package-lock.json is complete')
  } else {
    writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`)
    console.log(`${added.length} entries added to package-lock.json`)
  }
}
