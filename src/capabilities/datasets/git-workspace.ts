import { execFile } from 'node:child_process'

/** The project's folder as Git sees it, and nothing above or beside it. */
export interface GitWorkspace {
  readonly commit: string
  /** Tracked files that differ from the commit, from the project's root. */
  readonly changed: readonly string[]
  /** Neither tracked nor ignored; a folder in which nothing is tracked ends in `/` and is named alone. */
  readonly untracked: readonly string[]
  /** What the changed files differ in; null when that is more than was asked for. Files named like secrets are left out. */
  readonly diff: string | null
}

/** Names that say that what is in the file is nobody's business. */
const SECRETS = [
  '.env*',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  '*.jks',
  'id_rsa*',
  'id_ed25519*',
  '*secret*',
  '*credential*',
  '*password*',
  '.netrc',
  '.npmrc',
  '.pypirc',
  'config.local',
]

/** Null without Git or before the first commit. `mostDiff` in bytes. */
export async function readGitWorkspace(
  root: string,
  mostDiff: number,
): Promise<GitWorkspace | null> {
  const args = ['status', '--porcelain=v2', '-z', '--branch', '--untracked-files=normal']
  const prefix = await ask(root, ['rev-parse', '--show-prefix'], MOST_STATUS)
  const status = await ask(root, [...args, '--', '.'], MOST_STATUS)
  if (status === null || prefix === null) return null
  const { commit, changed, untracked } = parseStatus(status, prefix.trim())
  if (commit === null) return null
  const diff = changed.length === 0 ? '' : await readDiff(root, mostDiff)
  return { commit, changed, untracked, diff }
}

/** Tracked files of the project that are called so, from its root. */
export async function findTrackedFiles(root: string, name: string): Promise<readonly string[]> {
  if (name.includes('/') || name === '') return []
  const pattern = name.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)
  const args = ['ls-files', '-z', '--', `:(glob)${pattern}`, `:(glob)**/${pattern}`]
  const output = await ask(root, args, MOST_STATUS)
  return [...new Set((output ?? '').split('\0').filter((path) => path !== ''))]
}

const MOST_STATUS = 1 << 26

function readDiff(root: string, most: number): Promise<string | null> {
  const args = ['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--relative', 'HEAD']
  const kept = SECRETS.flatMap((name) =>
    [name, `${name}/**`].map((pattern) => `:(exclude,icase,glob)**/${pattern}`),
  )
  return ask(root, [...args, '--', '.', ...kept], most)
}

interface Status {
  readonly commit: string | null
  readonly changed: readonly string[]
  readonly untracked: readonly string[]
}

/** `git status --porcelain=v2 -z --branch`; paths there start at the repository, `prefix` is the project's place in it. */
export function parseStatus(output: string, prefix: string): Status {
  const changed: string[] = []
  const untracked: string[] = []
  let commit: string | null = null
  const entries = output.split('\0')
  const inside = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : path)
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? ''
    const oid = /^# branch\.oid ([0-9a-f]{40,64})$/.exec(entry)?.[1]
    if (oid !== undefined) commit = oid
    const kind = entry[0]
    if (kind === '?') untracked.push(inside(entry.slice(2)))
    const words = FIELDS_BEFORE_PATH[kind ?? '']
    if (words === undefined) continue
    changed.push(inside(entry.split(' ').slice(words).join(' ')))
    // The name that a renamed file had comes as an entry of its own.
    if (kind === '2') index += 1
  }
  return { commit, changed, untracked }
}

const FIELDS_BEFORE_PATH: Readonly<Record<string, number>> = { 1: 8, 2: 9, u: 10 }

/** Null when Git fails, or answers more than `most` bytes. */
function ask(root: string, args: readonly string[], most: number): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { maxBuffer: most, timeout: PATIENCE_MS }
    execFile('git', ['--no-optional-locks', '-C', root, ...args], options, (error, output) =>
      resolve(error === null ? output : null),
    )
  })
}

const PATIENCE_MS = 60_000
