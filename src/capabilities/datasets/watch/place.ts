/** Where to list, and which of the names found there count. */
export interface Place {
  /** A folder, or an address, without wildcards. */
  readonly base: string
  /** Glob of the names below it. */
  readonly glob: string
  readonly remote: boolean
}

const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i
const WILDCARD = /[*?[\]{}()!]/
const LISTED = ['s3', 'gs', 'azure', 'ssh', 'remote']

/** `s3://sales/weekly/*.parquet` → list `s3://sales/weekly`, count `*.parquet`. */
export function placeOf(pattern: string): Place {
  const scheme = SCHEME.exec(pattern)?.[0] ?? ''
  const parts = pattern.slice(scheme.length).split('/')
  const first = parts.findIndex((part) => WILDCARD.test(part))
  const split = first === -1 ? parts.length - 1 : first
  const folder = parts.slice(0, split).join('/')
  const base = scheme + (folder === '' && pattern.startsWith('/') ? '/' : folder)
  return { base, glob: parts.slice(split).join('/'), remote: scheme !== '' }
}

/** The folder of a pattern that means files of this machine, and whether it means folders below it too; else null. */
export function localFolder(
  pattern: string,
): { readonly path: string; readonly deep: boolean } | null {
  const { base, glob, remote } = placeOf(pattern)
  return remote ? null : { path: base, deep: glob.includes('/') }
}

/** What is wrong with a pattern that nobody could look at; null for a good one. */
export function placeProblem(pattern: string): string | null {
  const scheme = SCHEME.exec(pattern)?.[1]?.toLowerCase()
  if (scheme !== undefined && !LISTED.includes(scheme))
    return `"${pattern}" cannot be listed; expected a path or an address of ${LISTED.join('://, ')}://`
  const { base, glob, remote } = placeOf(pattern)
  if (glob === '')
    return `"${pattern}" names a folder; expected files, such as "${pattern}*.parquet"`
  return remote && base.endsWith('://')
    ? `"${pattern}" has no bucket; expected "${base}BUCKET/…"`
    : null
}
