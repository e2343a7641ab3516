import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** True for a path, relative to the project's root with forward slashes, that DVC leaves out. */
export type IsIgnored = (relative: string, isFolder: boolean) => boolean

interface Rule {
  /** The folder of its .dvcignore, '' for the root. */
  readonly base: string
  readonly pattern: RegExp
  readonly negated: boolean
  readonly foldersOnly: boolean
}

const ALWAYS: readonly string[] = ['.hg/', '.git/', '.git', '.dvc/']

/** The rules that hold in a folder: those of every `.dvcignore` from the root down to it. */
export function readIgnoreRules(root: string, folder: string): IsIgnored {
  const rules = ALWAYS.map((line) => parseRule(line, ''))
  const parts = folder === '' ? [] : folder.split('/')
  for (let depth = 0; depth <= parts.length; depth++) {
    const base = parts.slice(0, depth).join('/')
    const file = join(root, base, '.dvcignore')
    if (existsSync(file)) rules.push(...parseRules(readFileSync(file, 'utf8'), base))
  }
  return (relative, isFolder) => decide(rules, relative, isFolder)
}

function parseRules(text: string, base: string): readonly Rule[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseRule(line, base))
}

/** One line of gitignore syntax. */
function parseRule(line: string, base: string): Rule {
  const negated = line.startsWith('!')
  let body = negated ? line.slice(1) : line.replace(/^\\([#!])/, '$1')
  const foldersOnly = body.endsWith('/')
  body = body.replace(/\/+$/, '')
  // A slash at the start or in the middle ties the pattern to its folder; without one it matches anywhere.
  const anchored = body.includes('/')
  body = body.replace(/^\//, '')
  const prefix = anchored ? '^' : '^(?:.*/)?'
  return { base, negated, foldersOnly, pattern: new RegExp(`${prefix}${globSource(body)}$`, 'u') }
}

function globSource(glob: string): string {
  const tokens = glob.match(/\*\*\/|\/\*\*$|\*+|\?|\[!?[^\]]+\]|\\.|[^*?[\\]+|./gu) ?? []
  return tokens.map(tokenSource).join('')
}

function tokenSource(token: string): string {
  if (token === '**/') return '(?:.*/)?'
  if (token === '/**') return '/.*'
  if (token.startsWith('*')) return '[^/]*'
  if (token === '?') return '[^/]'
  if (token.startsWith('[') && token.length > 2)
    return `[${token.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\').replaceAll('[', '\\[')}]`
  const text = token.startsWith('\\') && token.length > 1 ? token.slice(1) : token
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

// The last rule that matches decides, as in Git.
function decide(rules: readonly Rule[], relative: string, isFolder: boolean): boolean {
  const rule = rules.findLast(({ base, pattern, foldersOnly }) => {
    if (foldersOnly && !isFolder) return false
    if (base !== '' && !relative.startsWith(`${base}/`)) return false
    return pattern.test(base === '' ? relative : relative.slice(base.length + 1))
  })
  return rule !== undefined && !rule.negated
}
