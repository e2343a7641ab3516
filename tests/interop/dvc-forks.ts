import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pythonOf } from './tools.ts'

const SCRIPT = new URL('dvc-forks.py', import.meta.url).pathname

export interface Place {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

interface Told {
  readonly code: number
  readonly output: string
  readonly errors: string
}

type Ask = (question: object) => Told

const started = new Map<string, Ask>()

/**
 * Does a command by the real DVC; what it printed. For tests of what it leaves behind: a start of Python would take
 * longer than the command.
 * @throws what it said when it refuses, as `execFileSync` does
 */
export function dvcIn(tool: string, args: readonly string[], { cwd, env }: Place): string {
  const ask = started.get(tool) ?? start(tool)
  started.set(tool, ask)
  const { code, output, errors } = ask({ args, cwd, env })
  if (code !== 0) throw new Error(`Command failed: dvc ${args.join(' ')}\n${errors}${output}`)
  return output
}

// Two named pipes: Node waits for these without giving up its turn, as it does for a process of `execFileSync`. When
// this process ends, however it ends, the pipe of questions is closed, and so the other ends.
function start(tool: string): Ask {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-dvc-forks-'))
  try {
    const [asked, told] = [join(folder, 'asked'), join(folder, 'told')]
    execFileSync('mkfifo', [asked, told])
    execFileSync(pythonOf(tool), [SCRIPT, asked, told], { stdio: 'pipe' })
    const [questions, answers] = [openSync(asked, 'w'), openSync(told, 'r')]
    return (question) => {
      writeSync(questions, `${JSON.stringify(question)}\n`)
      return JSON.parse(readLine(answers)) as Told
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readLine(file: number): string {
  const parts: Buffer[] = []
  for (;;) {
    const part = Buffer.alloc(1 << 16)
    const size = readSync(file, part)
    if (size === 0) throw new Error('DVC ended without an answer.')
    parts.push(part.subarray(0, size))
    if (part[size - 1] === 10) return Buffer.concat(parts).toString()
  }
}
