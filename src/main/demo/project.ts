import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Day } from './history.ts'

export interface DemoProject {
  readonly root: string
  readonly git: (...args: readonly string[]) => string
  /** Writes a delivery where the loop looks for new files. */
  readonly deliver: (name: string, text: string) => void
}

/** Copies `examples/births` into a temporary folder and makes it a Git repository with its first data. */
export function createDemoProject(packageRoot: string, firstData: string): DemoProject {
  const root = mkdtempSync(join(tmpdir(), 'ratchet-demo-'))
  cpSync(join(packageRoot, 'examples', 'births'), root, { recursive: true })
  symlinkSync(findModules(packageRoot), join(root, 'node_modules'))
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...IDENTITY, ...args], { cwd: root, encoding: 'utf8' })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'births: the project as its author wrote it')
  mkdirSync(join(root, 'data', 'births'), { recursive: true })
  mkdirSync(join(root, 'data', 'incoming'), { recursive: true })
  writeFileSync(join(root, 'data', 'births', 'births-1970-12-31.csv'), firstData)
  const deliver = (name: string, text: string): void =>
    writeFileSync(join(root, 'data', 'incoming', name), text)
  return { root, git, deliver }
}

// The demo must not depend on, or change, who the user is to Git.
const IDENTITY = [
  ['-c', 'user.name=Ratchet demo'],
  ['-c', 'user.email=demo@ratchet.invalid'],
  ['-c', 'commit.gpgsign=false'],
  ['-c', 'core.hooksPath=/dev/null'],
].flat()

// Beside the package in a clone; some folders up when it was installed.
function findModules(packageRoot: string): string {
  for (let folder = packageRoot; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    if (existsSync(join(modules, 'onnxruntime-node'))) return modules
    if (folder === dirname(folder)) throw new Error(`no node_modules beside ${packageRoot}`)
  }
}

export function csvOf(days: readonly Day[], truth: ReadonlyMap<Day, number>): string {
  return ['date,births', ...days.map((day) => `${day},${truth.get(day) ?? ''}`), ''].join('\n')
}
