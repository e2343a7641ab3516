import { readdirSync, readFileSync } from 'node:fs'

/** Processes that the given one started, of Linux's /proc. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && fieldOf(name, 'PPid') === pid)
    .map(Number)
}

/** The process, its children, theirs, and so on. */
export function processTree(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)]
}

/** Memory in MB of which shared pages count by the share of this process; 0 when it is gone. */
export function proportionalMegabytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0
  return Math.round(Number(kilobytes) / 1024)
}

/** Resident memory in MB; 0 when the process is gone. */
export function residentMegabytes(pid: number): number {
  return Math.round((fieldOf(String(pid), 'VmRSS') ?? 0) / 1024)
}

/** The program that the process runs, such as `server.ts`; empty when it is gone. */
export function programOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`).split('\0')
  const file = words.find((word) => /\.[jt]s$/.test(word)) ?? ''
  return file.slice(file.lastIndexOf('/') + 1)
}

function fieldOf(pid: string, field: string): number | null {
  const value = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1]
  return value === undefined ? null : Number(value)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
