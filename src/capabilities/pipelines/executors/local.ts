import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { reach } from '../../datasets/index.ts'
import { killGroup } from '../processes.ts'
import type { StageProcesses } from '../stage-process.ts'
import { MemoryWatch } from './peak-memory.ts'

export interface CommandRequest {
  readonly stage: string
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logFile: string
  readonly processes: StageProcesses
  /** Real time; null waits for ever. */
  readonly timeoutMs: number | null
  readonly signal: AbortSignal | undefined
  /** Told the most memory that the command and what it started took. */
  readonly onPeakMemory?: ((bytes: number) => void) | undefined
}

export type CommandOutcome =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' }

// The command starts only after its process is on record: should we die in between, it reads the end of its
// input and leaves. Then nothing runs that a restart would not find.
const GATE = 'read -r go || exit 125; exec "$0" "$@" </dev/null'

/**
 * Runs one command of a stage as DVC does: by $SHELL without its start-up files, in a process group of its own,
 * both outputs to the log. Resolves only when the whole group has ended.
 */
export async function runCommand(request: CommandRequest): Promise<CommandOutcome> {
  if (request.signal?.aborted === true) return { kind: 'aborted' }
  mkdirSync(dirname(request.logFile), { recursive: true })
  const log = openSync(request.logFile, 'a')
  let takeOff: (() => void) | null = null
  try {
    writeSync(log, `> ${request.command}\n`)
    const child = start(request, log)
    reach('repro: process there')
    const ended = endOf(child)
    if (child.pid !== undefined) {
      takeOff = request.processes.note(request.stage, child.pid)
      reach('repro: process on record')
      child.stdin?.on('error', () => {})
      child.stdin?.end('\n')
      reach('repro: command may go')
    }
    const memory = child.pid === undefined ? null : new MemoryWatch(child.pid)
    try {
      return await waitFor(child, ended, request)
    } finally {
      const peak = memory?.end() ?? null
      if (peak !== null) request.onPeakMemory?.(peak)
    }
  } finally {
    closeSync(log)
    takeOff?.()
  }
}

function start({ command, cwd, env }: CommandRequest, log: number): ChildProcess {
  const shell = env['SHELL'] === undefined || env['SHELL'] === '' ? '/bin/sh' : env['SHELL']
  const options = SHELL_OPTIONS[basename(shell)] ?? []
  return spawn('/bin/sh', ['-c', GATE, shell, ...options, '-c', command], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', log, log],
  })
}

const SHELL_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  bash: ['--noprofile', '--norc'],
  zsh: ['--no-rcs'],
}

function endOf(child: ChildProcess): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(
        signal === null
          ? { kind: 'exited', code: code ?? 0 }
          : { kind: 'killed', signal: `${signal}` },
      ),
    )
  })
}

async function waitFor(
  child: ChildProcess,
  ended: Promise<CommandOutcome>,
  { timeoutMs, signal }: CommandRequest,
): Promise<CommandOutcome> {
  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  const stopped = new Promise<CommandOutcome>((resolve) => {
    onAbort = () => resolve({ kind: 'aborted' })
    signal?.addEventListener('abort', onAbort)
    if (timeoutMs !== null) timer = setTimeout(() => resolve({ kind: 'timed-out' }), timeoutMs)
  })
  try {
    const outcome = await Promise.race([ended, stopped])
    if (outcome.kind !== 'exited' && child.pid !== undefined) {
      await killGroup(child.pid)
      await ended
    }
    return outcome
  } finally {
    clearTimeout(timer)
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
  }
}

/** The log of a stage in a run. A stage's name may hold characters that a file's name may not. */
export function stageLog(stateDir: string, runId: string, stage: string): string {
  return join(stateDir, 'logs', runId, `${encodeURIComponent(stage)}.log`)
}
