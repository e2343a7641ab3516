import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { dvcIn } from './dvc-forks.ts'

const RATCHET = join(import.meta.dirname, '../../bin/ratchet')

/** A Git repository of its own, or a folder of one, in which the real `dvc` and `ratchet` take turns. */
export class DvcRepository {
  readonly root: string
  private readonly top: string
  private readonly tool: string
  readonly environment: NodeJS.ProcessEnv

  constructor(tool: string, folder = '') {
    this.tool = tool
    this.top = mkdtempSync(join(tmpdir(), 'ratchet-dvc-'))
    this.root = join(this.top, folder)
    mkdirSync(this.root, { recursive: true })
    const home = join(this.top, '.home')
    mkdirSync(home)
    this.environment = {
      PATH: process.env.PATH,
      HOME: home,
      DVC_NO_ANALYTICS: '1',
      DVC_SITE_CACHE_DIR: join(home, 'site'),
      GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    }
    writeFileSync(join(home, 'gitconfig'), '[user]\n name = a\n email = a@b\n')
    this.git('init', '-q', '-b', 'main', this.top)
    writeFileSync(join(this.top, '.git/info/exclude'), '.home\n.ratchet\n')
  }

  dvc(...args: readonly string[]): string {
    return this.dvcOf(this.tool, args)
  }

  /** By another DVC than the repository's own. */
  dvcOf(tool: string, args: readonly string[], from = ''): string {
    return dvcIn(tool, args, { cwd: join(this.root, from), env: this.environment })
  }

  ratchet(...args: readonly string[]): string {
    return this.run(RATCHET, args)
  }

  git(...args: readonly string[]): string {
    return this.run('git', args)
  }

  /** The same command by both: their exit codes, or what they print as JSON with lists in one order. */
  both(...args: readonly string[]): { readonly dvc: unknown; readonly ratchet: unknown } {
    const parse = (text: string): unknown => sorted(JSON.parse(text) as unknown)
    return { dvc: parse(this.dvc(...args)), ratchet: parse(this.ratchet(...args)) }
  }

  /** `from` is the folder where it is typed, from the root. */
  run(command: string, args: readonly string[], from = ''): string {
    return execFileSync(command, args, {
      cwd: join(this.root, from),
      env: this.environment,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  }

  write(path: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true })
  }

  commit(message: string): void {
    this.git('add', '-A')
    this.git('commit', '-qm', message)
  }

  close(): void {
    rmSync(this.top, { recursive: true, force: true })
  }
}

// DVC gathers in sets, so the order of its lists changes from run to run.
export function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
