import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/ratchet', import.meta.url))
const ADDRESS = /What happened and why: (http:\/\/\S+)/

export interface PlayedDemo {
  readonly url: string
  readonly close: () => Promise<void>
}

/** The demo's first years, played by the product itself; its page stays up until `close`. */
export async function playDemo(until: string): Promise<PlayedDemo> {
  const [port, inferencePort] = await Promise.all([freePort(), freePort()])
  const ports = ['--port', String(port), '--inference-port', String(inferencePort)]
  const demo = spawn(LAUNCHER, ['demo', '--until', until, ...ports], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => demo.once('exit', () => resolve()))
  const close = async () => {
    demo.kill('SIGINT')
    await ended
  }
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const found = ADDRESS.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    demo.stdout.on('data', listen)
    demo.stderr.on('data', listen)
    void ended.then(() => reject(new Error(`The demo ended early:\n${said}`)))
  })
  return { url, close }
}
