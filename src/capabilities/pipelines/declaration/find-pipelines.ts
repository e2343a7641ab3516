import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { compareCodePoints, findGitTop, readIgnoreRules } from '../../datasets/index.ts'
import { PIPELINE_FILE } from './pipeline-file.ts'

/** Every dvc.yaml of the project that neither Git nor DVC ignores and no project within it has, that of the root first. */
export function findPipelineFiles(root: string): readonly string[] {
  const found = findGitTop(root) !== null ? askGit(root) : walk(root)
  const isIgnored = readIgnoreRules(root, '')
  const isElsewhere = (at: string, isFolder: boolean): boolean =>
    isIgnored(at, isFolder) || (isFolder && isProject(root, at))
  const kept = found.filter(
    (path) => !prefixes(path).some(([at, isFolder]) => isElsewhere(at, isFolder)),
  )
  const depth = (path: string): number => path.split('/').length
  return kept.toSorted((a, b) => depth(a) - depth(b) || compareCodePoints(a, b))
}

// Git knows the ignored folders, and is quick where a virtual environment holds tens of thousands of files.
function askGit(root: string): readonly string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const patterns = ['--', PIPELINE_FILE, `**/${PIPELINE_FILE}`].map((part) =>
    part === '--' ? part : `:(glob)${part}`,
  )
  try {
    const output = execFileSync('git', ['--no-optional-locks', '-C', root, ...list, ...patterns], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    })
    const paths = output.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
    return [...new Set(paths)]
  } catch {
    return walk(root)
  }
}

const SKIPPED: ReadonlySet<string> = new Set(['.git', '.hg', '.dvc', '.ratchet', 'node_modules'])

function walk(root: string): readonly string[] {
  const found: string[] = []
  const visit = (folder: string): void => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    for (const entry of entries) {
      const path = posix.join(folder, entry.name)
      if (entry.isFile() && entry.name === PIPELINE_FILE) found.push(path)
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && !isProject(root, path)) visit(path)
    }
  }
  visit('')
  return found
}

// A folder with a project of its own is no part of this one.
function isProject(root: string, folder: string): boolean {
  return existsSync(join(root, folder, '.dvc'))
}

function prefixes(path: string): readonly (readonly [string, boolean])[] {
  const parts = path.split('/')
  return parts.map((_, index) => [parts.slice(0, index + 1).join('/'), index < parts.length - 1])
}
