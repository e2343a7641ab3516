import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { arch, availableParallelism, release, totalmem, type } from 'node:os'
import { delimiter, join } from 'node:path'

/** In what a stage's commands ran. */
export interface RunEnvironment {
  /** Such as `Linux 6.1.0 x64`. */
  readonly os: string
  readonly cores: number
  /** Of the machine, in bytes. */
  readonly memory: number
  readonly shell: string
  /** Of `node` and `python` (else `python3`) in the commands' PATH; null where there is none. */
  readonly node: string | null
  readonly python: string | null
  /** Those that we set, and those of the user that change what a program computes. */
  readonly variables: Readonly<Record<string, string>>
  /** Python's packages as `name==version`; null unless `meta.ratchet.packages` asks for them. */
  readonly packages: readonly string[] | null
}

type Variables = Readonly<Record<string, string | undefined>>

export interface EnvironmentAsking {
  readonly env: Variables
  /** What of it we set. */
  readonly own: Variables
  readonly withPackages: boolean
}

// Never more than these: an environment holds passwords.
const TELLING = [
  'CONDA_PREFIX',
  'CUDA_VISIBLE_DEVICES',
  'LANG',
  'LC_ALL',
  'MKL_NUM_THREADS',
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'PYTHONHASHSEED',
  'PYTHONPATH',
  'TZ',
  'VIRTUAL_ENV',
]

/** Asks for an environment, and tells it when it is wanted. Never throws. */
export type AskEnvironment = (asking: EnvironmentAsking) => () => Promise<RunEnvironment>

/**
 * Reads environments of one run: the versions of its tools are asked once, beside the first command. Who wants to know
 * waits a second at most for a tool that does not answer, and nobody after it waits again.
 */
export function environmentReader(patienceMs: number = PATIENCE_MS): AskEnvironment {
  const tools = new Map<string, Asked>()
  const once = (key: string, ask: (signal: AbortSignal) => Promise<string | null>): void => {
    const stop = new AbortController()
    if (!tools.has(key)) tools.set(key, { answer: ask(stop.signal), stop })
  }
  const answer = async (key: string, ms: number): Promise<string | null> => {
    const asked = tools.get(key)
    const timer = setTimeout(() => asked?.stop.abort(), ms)
    try {
      return (await asked?.answer) ?? null
    } finally {
      clearTimeout(timer)
    }
  }
  return ({ env, own, withPackages }) => {
    once('node', (signal) => nodeVersion({ env, signal }))
    once('python', (signal) => firstLine({ env, signal }, PYTHONS, ['--version']))
    if (withPackages) once('packages', (signal) => answerOf({ env, signal }, PYTHONS, PACKAGES))
    return async () => {
      const [node, python, packages] = await Promise.all([
        answer('node', patienceMs),
        answer('python', patienceMs),
        // Asked for by the stage, and never quick.
        withPackages ? answer('packages', LONGEST_MS) : null,
      ])
      return {
        os: `${type()} ${release()} ${arch()}`,
        cores: availableParallelism(),
        memory: totalmem(),
        shell: env['SHELL'] ?? '/bin/sh',
        node,
        python: python?.replace(/^Python /, '') ?? null,
        variables: told(env, own),
        packages: packages?.split('\n').filter((line) => line !== '') ?? null,
      }
    }
  }
}

const PATIENCE_MS = 1000

interface Asked {
  readonly answer: Promise<string | null>
  readonly stop: AbortController
}

const PYTHONS = ['python', 'python3'] as const
const PACKAGES = [
  '-c',
  `from importlib.metadata import distributions
print("\\n".join(sorted({f"{d.metadata['Name']}=={d.version}" for d in distributions()})))`,
]

// Starting Node takes longer than many a stage, and most often it is the one that runs us.
async function nodeVersion({ env, signal }: Asking): Promise<string | null> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const first = folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file))
  if (first === undefined) return null
  if (realpathSync(first) === realpathSync(process.execPath)) return process.version
  return firstLine({ env, signal }, [first], ['--version'])
}

function told(env: Variables, own: Variables): Readonly<Record<string, string>> {
  const names = [...TELLING, ...Object.keys(own)]
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  )
}

interface Asking {
  readonly env: Variables
  readonly signal: AbortSignal
}

async function firstLine(
  asking: Asking,
  names: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  return (await answerOf(asking, names, args))?.split('\n')[0]?.trim() ?? null
}

const LONGEST_MS = 10_000

/** Of the first of the programs that answers. */
async function answerOf(
  { env, signal }: Asking,
  names: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  for (const name of names) {
    const answer = await new Promise<string | null>((resolve) => {
      const options = { env, signal, timeout: LONGEST_MS, maxBuffer: 1 << 24 }
      execFile(name, args, options, (error, output) => resolve(error === null ? output : null))
    })
    if (answer !== null) return answer
  }
  return null
}
