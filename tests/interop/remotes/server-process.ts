import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'

export interface ServerProcess {
  readonly stop: () => Promise<void>
}

const LONGEST_START_MS = 30_000

/** Starts a server of somebody else and waits until its port answers. */
export async function startServer(
  command: readonly [string, ...string[]],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const [program, ...words] = command
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let output = ''
  const keep = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const deadline = Date.now() + LONGEST_START_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`${program} does not answer on port ${port}:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { stop: () => stop(child) }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
