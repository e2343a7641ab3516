import { type ChildProcess, execFile, spawn } from 'node:child_process'
import {
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { freePort } from '../free-port.ts'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { initDataProject } from '../../src/capabilities/datasets/index.ts'
import { daysBetween, readHistory } from '../../src/main/demo/history.ts'
import { createDemoProject, csvOf } from '../../src/main/demo/project.ts'
import { killIfThere } from '../kill-if-there.ts'

// As the launcher starts it.
const CLI = ['--require', resolve('bin/compiled.cjs'), resolve('src/main/cli.ts')]

/** A copy of examples/births with two years of data, as its author would have it. */
export interface Project {
  readonly root: string
  readonly read: (path: string) => string
  readonly write: (path: string, text: string) => void
  readonly edit: (path: string, from: string | RegExp, to: string) => void
  /** The command line as a process of its own, to its end. */
  readonly ratchet: (...args: readonly string[]) => Promise<Ended>
  readonly remove: () => void
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export function createProject(): Project {
  const days = daysBetween('1969-01-01', '1970-12-31')
  const { root } = createDemoProject(resolve('.'), csvOf(days, readHistory()))
  initDataProject(root)
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const write = (path: string, text: string) => writeFileSync(join(root, path), text)
  return {
    root: realpathSync(root),
    read,
    write,
    edit: (path, from, to) => {
      const text = read(path).replace(from, to)
      if (text === read(path)) throw new Error(`${path} has no ${from}`)
      write(path, text)
    },
    ratchet: (...args) => ratchetIn(root, ...args),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** The command line in some folder. */
export function ratchetIn(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...CLI, ...args],
      { cwd, timeout: 15_000 },
      (error, stdout, stderr) =>
        done({
          code: error === null ? 0 : ((error.code ?? null) as number | null),
          stdout,
          stderr,
        }),
    )
  })
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** A running `ratchet up`. */
export interface Up {
  readonly control: string
  readonly data: string
  readonly pid: number
  readonly stderr: () => string
  /** Of the plane as it runs now; waits for one that is being started again. */
  readonly pidOf: (plane: 'control' | 'data', not?: number) => Promise<number>
  readonly ask: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>
  /** Until the control plane answers again. */
  readonly ready: () => Promise<void>
  readonly interrupt: () => void
  readonly kill: () => void
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  readonly stop: () => Promise<void>
}

export interface Starting {
  readonly process: ChildProcess
  readonly stderr: () => string
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  /** Ctrl-C: the terminal sends it to the whole group. */
  readonly interrupt: () => void
}

/** `ratchet up` as a shell starts it: in a group of processes of its own. */
export function start({ root }: Project, args: readonly string[]): Starting {
  const child = spawn(process.execPath, [...CLI, 'up', '--json', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => void (stderr += text.toString('utf8')))
  const ended = new Promise<number | NodeJS.Signals | null>((done) => {
    child.once('exit', (code, signal) => done(code ?? signal))
  })
  const interrupt = (): void => {
    if (child.exitCode === null && child.signalCode === null)
      process.kill(-(child.pid ?? 0), 'SIGINT')
  }
  return { process: child, stderr: () => stderr, ended, interrupt }
}

/** Starts `ratchet up` on free ports; resolves when both planes answer. @throws what it printed when it ends instead */
export async function up(project: Project, ...args: readonly string[]): Promise<Up> {
  const { root } = project
  const [port, inferencePort] = [await freePort(), await freePort()]
  const ports = ['--port', `${port}`, '--inference-port', `${inferencePort}`]
  const { process: child, stderr, ended, interrupt } = start(project, [...ports, ...args])
  const urls = await new Promise<{ control: string; data: string }>((found, failed) => {
    child.stdout?.once('data', (text: Buffer) => found(JSON.parse(text.toString('utf8'))))
    void ended.then((code) => failed(new Error(`ratchet up ended with ${code}: ${stderr()}`)))
  })
  const running: Up = {
    ...urls,
    pid: child.pid ?? -1,
    stderr,
    pidOf: (plane, not) => pidOf(root, plane, not),
    ask: (method, path, body) =>
      ask(path.startsWith('/api') ? urls.control : urls.data, { method, path, body }),
    ready: () =>
      until(async () => (await fetch(`${urls.control}/ready`).catch(() => null))?.status === 200),
    interrupt,
    kill: () => void child.kill('SIGKILL'),
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      for (const { pid } of processesIn(root)) killIfThere(pid)
    },
  }
  return running
}

async function ask(
  base: string,
  { method, path, body }: { method: string; path: string; body: unknown },
): Promise<Answer> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${base}${path}`, { method, headers, ...init })
  const text = await response.text()
  const { status } = response
  return { status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

/** Registers the trained file and makes it champion, past the gate. */
export async function deployFirst({ ask }: Up): Promise<void> {
  for (const [path, body] of [
    ['versions', {}],
    ['promote', { version: 1, force: true }],
  ] as const) {
    const { status, body: answer } = await ask('POST', `/api/v1/models/births/${path}`, body)
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`)
  }
  await until(async () => (await ask('GET', '/v2/models/births/ready')).status === 200)
}

/** One question to the data plane. */
export function predict({ ask }: Pick<Up, 'ask'>): Promise<Answer> {
  const values = { weekday: 3, day_of_year: 40, holiday: 0, day_index: 800 }
  const inputs = Object.entries(values).map(([name, value]) => {
    return { name, datatype: 'INT64', shape: [1, 1], data: [value] }
  })
  return ask('POST', '/v2/models/births/infer', { inputs })
}

async function pidOf(root: string, plane: 'control' | 'data', not = -1): Promise<number> {
  const name = plane === 'control' ? 'control.json' : 'gateway.json'
  let pid = -1
  await until(async () => {
    try {
      const text = readFileSync(join(root, '.ratchet/run', name), 'utf8')
      pid = (JSON.parse(text) as { pid: number }).pid
      return pid !== not && processesIn(root).some((one) => one.pid === pid)
    } catch {
      return false
    }
  })
  return pid
}

/** Everything that works in this folder: the planes, the runners of models, stages and their children. */
export function processesIn(root: string): readonly { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/cwd`) !== root) return []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), command: command.slice(0, 200) }]
      } catch {
        return []
      }
    })
}

/** @throws when it has not come true after ten seconds */
export async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`still not so after 10 s: ${isTrue}`)
    await pause(20)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

/** Runs the training stage's command, without the pipeline. */
export async function trainFirst({ root }: Project): Promise<void> {
  await promisify(execFile)(process.execPath, ['src/train.ts'], { cwd: root })
}
