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

/** Reads environments of one run: the versions of its tools are asked once. Never throws. */
export function environmentReader(): (asking: EnvironmentAsking) => Promise<RunEnvironment> {
  const tools = new Map<string, Promise<string | null>>()
  const once = (key: string, ask: () => Promise<string | null>): Promise<string | null> => {
    const known = tools.get(key) ?? ask()
    tools.set(key, known)
    return known
  }
  return async ({ env, own, withPackages }) => {
    const [node, python, packages] = await Promise.all([
      once('node', () => nodeVersion(env)),
      once('python', () => firstLine(env, PYTHONS, ['--version'])),
      withPackages ? once('packages', () => answerOf(env, PYTHONS, ['-c', PACKAGES])) : null,
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

const PYTHONS = ['python', 'python3'] as const
const PACKAGES = `from importlib.metadata import distributions
print("\\n".join(sorted({f"{d.metadata['Name']}=={d.version}" for d in distributions()})))`

// Starting Node takes longer than many a stage, and most often it is the one that runs us.
async function nodeVersion(env: Variables): Promise<string | null> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const first = folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file))
  if (first === undefined) return null
  if (realpathSync(first) === realpathSync(process.execPath)) return process.version
  return firstLine(env, [first], ['--version'])
}

function told(env: Variables, own: Variables): Readonly<Record<string, string>> {
  const names = [...TELLING, ...Object.keys(own)]
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  )
}

async function firstLine(
  env: Variables,
  names: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  return (await answerOf(env, names, args))?.split('\n')[0]?.trim() ?? null
}

const LONGEST_MS = 10_000

/** Of the first of the programs that answers. */
async function answerOf(
  env: Variables,
  names: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  for (const name of names) {
    const answer = await new Promise<string | null>((resolve) => {
      const options = { env, timeout: LONGEST_MS, maxBuffer: 1 << 24 }
      execFile(name, args, options, (error, output) => resolve(error === null ? output : null))
    })
    if (answer !== null) return answer
  }
  return null
}
