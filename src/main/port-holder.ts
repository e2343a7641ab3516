import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { mainErrors } from './errors.ts'

/** @throws PORT_TAKEN, naming the process that holds it where the system tells. */
export async function assertPortFree(host: string, port: number, flag: string): Promise<void> {
  if (port === 0 || (await canListen(host, port))) return
  const holder = holderOf(port)
  const by = holder === null ? 'another program' : `process ${holder.pid} (${holder.command})`
  throw mainErrors.PORT_TAKEN({ detail: `port ${port} on ${host} is held by ${by}`, path: flag })
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}

/** Who listens on the TCP port, by Linux' own tables; null elsewhere or when not allowed to look. */
export function holderOf(port: number): { pid: number; command: string } | null {
  const inodes = new Set([...listeningInodes('tcp', port), ...listeningInodes('tcp6', port)])
  if (inodes.size === 0) return null
  for (const pid of readable('/proc').filter((name) => /^\d+$/.test(name))) {
    const sockets = readable(`/proc/${pid}/fd`).map((fd) => target(`/proc/${pid}/fd/${fd}`))
    if (sockets.some((link) => inodes.has(link.slice('socket:['.length, -1))))
      return { pid: Number(pid), command: content(`/proc/${pid}/comm`).trim() }
  }
  return null
}

const LISTENING = '0A'

function listeningInodes(table: 'tcp' | 'tcp6', port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return content(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) === true && fields[3] === LISTENING)
    .flatMap((fields) => fields[9] ?? [])
}

function readable(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}

function content(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
