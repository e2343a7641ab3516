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
  /** `.dvcignore:3:*.tmp`; `:.git` for what is always left out, which stands in no file. */
  readonly source: string
}

const ALWAYS: readonly string[] = ['.hg/', '.git/', '.git', '.dvc/']

/** The rules that hold in a folder: those of every `.dvcignore` from the root down to it. */
export function readIgnoreRules(root: string, folder: string): IsIgnored {
  return deciding(rulesOf(root, folder))
}

function rulesOf(root: string, folder: string): readonly Rule[] {
  const rules = ALWAYS.map((line) => parseRule(line, { base: '', source: `:${line}` }))
  const parts = folder === '' ? [] : folder.split('/')
  for (let depth = 0; depth <= parts.length; depth++) {
    const base = parts.slice(0, depth).join('/')
    const file = join(root, base, '.dvcignore')
    if (existsSync(file)) rules.push(...parseRules(readFileSync(file, 'utf8'), base))
  }
  return rules
}

function deciding(rules: readonly Rule[]): IsIgnored {
  // Without rules of its own, a project of a hundred thousand files is not matched against patterns.
  if (rules.length === ALWAYS.length)
    return (relative, isFolder) => {
      const name = relative.slice(relative.lastIndexOf('/') + 1)
      return name === '.git' || (isFolder && (name === '.hg' || name === '.dvc'))
    }
  return (relative, isFolder) => {
    const rule = lastMatch(rules, relative, isFolder)
    return rule !== undefined && !rule.negated
  }
}

/** What decides about a path. */
export interface IgnoreDecision {
  /** Where it stands: `.dvcignore:3:*.tmp`. */
  readonly rule: string
  /** False where a pattern with `!` keeps the path. */
  readonly isIgnored: boolean
}

/** What leaves a path out, itself or a folder it lies in, or keeps it; null where no pattern is about it. */
export function decideIgnored(
  root: string,
  relative: string,
  isFolder: boolean,
): IgnoreDecision | null {
  const parts = relative.split('/')
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = parts.slice(0, depth).join('/')
    const rules = rulesOf(root, parts.slice(0, depth - 1).join('/'))
    const rule = lastMatch(rules, path, depth < parts.length || isFolder)
    if (rule?.negated === false) return { rule: rule.source, isIgnored: true }
    if (rule !== undefined && depth === parts.length) return { rule: rule.source, isIgnored: false }
  }
  return null
}

function parseRules(text: string, base: string): readonly Rule[] {
  const file = base === '' ? '.dvcignore' : `${base}/.dvcignore`
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return []
    return [parseRule(line, { base, source: `${file}:${index + 1}:${line}` })]
  })
}

/** One line of gitignore syntax. To DVC, unlike Git, what is said of a folder is said of all in it too. */
function parseRule(line: string, { base, source }: Pick<Rule, 'base' | 'source'>): Rule {
  const negated = line.startsWith('!')
  let body = negated ? line.slice(1) : line.replace(/^\\([#!])/, '$1')
  const foldersOnly = body.endsWith('/')
  body = body.replace(/\/+$/, '')
  // A slash at the start or in the middle ties the pattern to its folder; without one it matches anywhere.
  const anchored = body.includes('/')
  body = body.replace(/^\//, '')
  const prefix = anchored ? '^' : '^(?:.*/)?'
  // All below a folder is the folder too, where it is written with its slash.
  const [glob, end] = body.endsWith('/**') ? [body.slice(0, -2), ''] : [body, '(?:/|$)']
  const pattern = new RegExp(`${prefix}${globSource(glob)}${end}`, 'u')
  return { base, source, negated, foldersOnly, pattern }
}

function globSource(glob: string): string {
  const tokens = glob.match(/\*\*\/|\*+|\?|\[!?[^\]]+\]|\\.|[^*?[\\]+|./gu) ?? []
  // A name that may be any is still one.
  return tokens
    .map(tokenSource)
    .join('')
    .replace(/(^|\/)\[\^\/\]\*(?=\/|$)/g, '$1[^/]+')
}

function tokenSource(token: string): string {
  if (token === '**/') return '(?:.*/)?'
  if (token.startsWith('*')) return '[^/]*'
  if (token === '?') return '[^/]'
  if (token.startsWith('[') && token.length > 2)
    return `[${token.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\').replaceAll('[', '\\[')}]`
  const text = token.startsWith('\\') && token.length > 1 ? token.slice(1) : token
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

// The last rule that matches decides, as in Git.
function lastMatch(rules: readonly Rule[], relative: string, isFolder: boolean): Rule | undefined {
  return rules.findLast(({ base, pattern, foldersOnly }) => {
    if (foldersOnly && !isFolder) return false
    if (base !== '' && !relative.startsWith(`${base}/`)) return false
    const path = base === '' ? relative : relative.slice(base.length + 1)
    return pattern.test(isFolder ? `${path}/` : path)
  })
}
