/** Fails on a package that ships with Ratchet under a license that this list does not name. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
])

interface Entry {
  readonly dev?: boolean
  readonly license?: string
}
type PackageFile = {
  readonly license?: string | { readonly type: string }
  readonly licenses?: readonly { readonly type: string }[]
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** `(MIT OR GPL-2.0)` gives a choice, `MIT AND ISC` demands both. */
export function isAllowed(license: string): boolean {
  const text = license.replaceAll(/[()]/g, '').trim()
  if (text.includes(' OR ')) return text.split(' OR ').some(isAllowed)
  return text.split(' AND ').every((one) => ALLOWED.has(one.trim()))
}

function licenseOf(path: string, entry: Entry): string {
  const file = readPackageFile(path)
  const named = file?.license ?? file?.licenses?.map(({ type }) => type).join(' OR ')
  const license = typeof named === 'object' ? named.type : named
  return license ?? entry.license ?? 'none'
}

// Binaries of other platforms are in the lock and not on the disk.
function readPackageFile(path: string): PackageFile | null {
  try {
    return JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')) as PackageFile
  } catch {
    return null
  }
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Entry>>
  }
  const shipped = Object.entries(lock.packages).filter(
    ([path, { dev }]) => path !== '' && dev !== true,
  )
  const refused = shipped
    .map(([path, entry]) => ({ path, license: licenseOf(path, entry) }))
    .filter(({ license }) => !isAllowed(license))
  for (const { path, license } of refused) console.error(`${path}: ${license}`)
  if (refused.length > 0) process.exitCode = 1
  else console.log(`${shipped.length} shipped packages, all under permissive licenses`)
}
