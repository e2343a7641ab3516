import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tools } from '../../tests/interop/tools.ts'

/** Of the environment: what lies in it is removed at the end of the run. */
export const ROOM_OF_THE_RUN = 'RATCHET_BENCH_ROOM'

const RATCHET = fileURLToPath(new URL('../../bin/ratchet', import.meta.url))

/** A program that versions data, and what it is called. */
export interface DataTool {
  readonly name: string
  readonly command: string
}

export const ratchet: DataTool = { name: 'ratchet', command: RATCHET }

/** @throws when there is no Python to install it with: nothing is compared in silence */
export function realDvc(): DataTool {
  return { name: 'dvc', command: tools.dvc() }
}

/** A Git repository with a remote in a folder beside it; copies are real ones, so both tools do the same work. */
export function makeProject(base: string, name: string): string {
  const root = join(base, name)
  mkdirSync(root)
  execFileSync('git', ['init', '-q', root])
  execFileSync(realDvc().command, ['init', '-q'], { cwd: root })
  appendFileSync(
    join(root, '.dvc/config'),
    `[core]\n    analytics = false\n    check_update = false\n    remote = near\n` +
      `[cache]\n    type = copy\n['remote "near"']\n    url = ${join(base, `${name}-remote`)}\n`,
  )
  return root
}

export interface Timed {
  readonly seconds: number
  /** User and system, of the command and its children. */
  readonly cpuSeconds: number
  /** The largest resident set of the command and its children. */
  readonly megabytes: number
}

// The clock runs around the command alone: the start of Python is not part of what is measured.
const STOPWATCH = `import json, resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": seconds, "cpuSeconds": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}))
sys.exit(code)`

/** Runs one command and measures it from outside, as a user would. @throws when it fails */
export function timed(cwd: string, { command }: DataTool, args: readonly string[]): Timed {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', STOPWATCH, command, ...args], {
    cwd,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  return JSON.parse(stdout) as Timed
}

/** The same for a plain command, for the limit: `cp`, `md5sum`. */
export function timedCommand(cwd: string, command: string, args: readonly string[]): number {
  const startedAt = performance.now()
  execFileSync(command, args, { cwd, stdio: 'ignore' })
  return (performance.now() - startedAt) / 1000
}

/** What was written before must not be paid for by who comes next. */
export function settle(base: string): void {
  execFileSync('sync', ['-f', base])
}

/** A folder for one file of measures, removed after it. */
export async function withBase<T>(work: (base: string) => T | Promise<T>): Promise<T> {
  const base = mkdtempSync(join(tmpdir(), 'ratchet-bench-data-'))
  try {
    return await work(base)
  } finally {
    if (existsSync(base)) rmSync(base, { recursive: true, force: true })
  }
}

/**
 * The same for many files: within a run of several measures it is removed when all have ended. For five minutes ext4
 * does not give the number of a removed file to a new one and looks at each that it passes over: after a hundred
 * thousand removals even `cp -r` takes five times as long.
 */
export async function withManyFiles<T>(work: (base: string) => T | Promise<T>): Promise<T> {
  const room = process.env[ROOM_OF_THE_RUN]
  if (room === undefined) return withBase(work)
  return work(mkdtempSync(join(room, 'many-')))
}

/** The better of two, each measure by itself. */
export function better(a: Timed, b: Timed): Timed {
  return {
    seconds: Math.min(a.seconds, b.seconds),
    cpuSeconds: Math.min(a.cpuSeconds, b.cpuSeconds),
    megabytes: Math.min(a.megabytes, b.megabytes),
  }
}
