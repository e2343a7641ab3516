import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'

export const LAUNCHER: string = fileURLToPath(new URL('../../bin/ratchet', import.meta.url))

export interface StaysUp {
  /** What `address` has found in what it said. */
  readonly url: string
  /** Ctrl-C, and until it has ended. */
  readonly close: () => Promise<void>
}

/** Starts a command of ours that stays up, on free ports; resolves when it says its address. @throws what it said when it ends instead */
export async function startOnFreePorts(
  words: readonly string[],
  { cwd, address }: { readonly cwd?: string; readonly address: RegExp },
): Promise<StaysUp> {
  const [port, inferencePort] = await Promise.all([freePort(), freePort()])
  const ports = ['--port', String(port), '--inference-port', String(inferencePort)]
  const child = spawn(LAUNCHER, [...words, ...ports], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const found = address.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    void ended.then(() => reject(new Error(`ratchet ${words[0]} ended early:\n${said}`)))
  })
  const close = async () => {
    child.kill('SIGINT')
    await ended
  }
  return { url, close }
}
