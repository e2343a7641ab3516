import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { useProxies } from '../base/http-library.ts'
import type { Json } from '../base/json.ts'
import { errorMessage, type ExitCode, RatchetError } from '../base/errors.ts'
import { useSettingsFolders } from '../base/settings-folders.ts'
import { systemClock } from '../base/time.ts'
import { createApiClient } from '../edges/cli/api-client.ts'
import { splitStageCommand } from '../edges/cli/command-of-stage.ts'
import type { CliContext } from '../edges/cli/context.ts'
import { cliErrors } from '../edges/cli/errors.ts'
import { readLeadingOptions } from '../edges/cli/leading-options.ts'
import { type MainVerbs, runProgram } from '../edges/cli/program.ts'
import {
  dvcSettingsFolders,
  environment,
  findProjectRoot,
  isInteractive,
  proxySettings,
  stageEnvironment,
} from './config.ts'
import { mainErrors } from './errors.ts'
import { packageVersion } from './version.ts'

const interrupted = new AbortController()
const STOP_MS = 5000
/** Verbs that look at the signal and end by themselves. */
const STOPS_CLEANLY = new Set([
  'repro',
  'import',
  'runs',
  'add',
  'commit',
  'checkout',
  'push',
  'pull',
  'fetch',
  'gc',
  'verify',
])

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<ExitCode> {
  const { own, command } = splitStageCommand(words)
  const wantsJson = own.includes('--json')
  // `ratchet models | head` closes the pipe early: no fault of ours and no stack trace for the user.
  process.stdout.on('error', () => process.exit(0))
  try {
    const { cd, quiet, version, rest } = readLeadingOptions(own)
    if (version) {
      process.stdout.write(`${packageVersion()}\n`)
      return 0
    }
    if (cd !== null) goTo(cd)
    useProxies(() => proxySettings())
    useSettingsFolders(dvcSettingsFolders())
    return await runVerb(rest, { command, wantsJson, quiet })
  } catch (error) {
    return report(error, wantsJson)
  }
}

function goTo(folder: string): void {
  try {
    process.chdir(folder)
  } catch (cause) {
    throw cliErrors.CLI_USAGE({ detail: `--cd ${folder}: there is no such folder`, cause })
  }
}

async function runVerb(
  argv: readonly string[],
  {
    command,
    wantsJson,
    quiet,
  }: {
    readonly command: readonly string[]
    readonly wantsJson: boolean
    readonly quiet: boolean
  },
): Promise<ExitCode> {
  let code: ExitCode = 0
  const context = createContext(argv, wantsJson, (next) => {
    code = next
  })
  if (quiet) context.silence()
  process.once('SIGINT', () => {
    interrupted.abort(new Error('interrupted'))
    // What cannot be stopped in between is given a moment, not for ever.
    setTimeout(() => process.exit(130), STOP_MS).unref()
    if (!argv.some((argument) => STOPS_CLEANLY.has(argument))) process.exit(130)
  })
  const all = command.length === 0 ? argv : [...argv, '--', ...command]
  await runProgram(all, context, mainVerbs(context))
  return code
}

function createContext(
  argv: readonly string[],
  wantsJson: boolean,
  setExitCode: (code: ExitCode) => void,
): CliContext {
  const cwd = process.cwd()
  const dir = valueOf(argv, '--dir') ?? environment.RATCHET_DIR
  const projectRoot = (): string => findProjectRoot(cwd)
  const dataRoot = (): string => findProjectRoot(cwd, ['ratchet.yaml', '.dvc'])
  const stateDir = (): string => resolve(cwd, dir ?? join(dataRoot(), '.ratchet'))
  return {
    ...voice(wantsJson),
    wantsJson,
    interactive: isInteractive(),
    setExitCode,
    clock: systemClock,
    cwd,
    projectRoot,
    dataRoot,
    signal: interrupted.signal,
    contractFor: async (file) =>
      (await import('./project-file.ts')).contractFor(projectRoot(), file),
    checkProject: async () => {
      const { project, models } = await (
        await import('./project-file.ts')
      ).readProjectFile(projectRoot())
      return { project, models: Object.keys(models) }
    },
    projectSchema: async () => (await import('./project-file.ts')).projectJsonSchema(),
    stateDir,
    api: () => createApiClient(controlPlaneUrl(stateDir())),
    openStores: async (store) =>
      (await import('./stores.ts')).openStores({ dir: stateDir(), store }, cwd),
    trackStages: async (runId) => {
      const root = dataRoot()
      if (!existsSync(join(stateDir(), 'run/control.json'))) return null
      const { stageTracking } = await import('./stage-tracking.ts')
      const onFault = (text: string): void => void process.stderr.write(`${text}\n`)
      return stageTracking({
        root,
        stateDir: stateDir(),
        runId,
        env: environment,
        now: () => systemClock.now(),
        onFault,
      })
    },
    environment: stageEnvironment(environment),
  }
}

/** What the command says, until it is silenced. */
function voice(wantsJson: boolean): Pick<CliContext, 'print' | 'note' | 'answer' | 'silence'> {
  let isSilent = false
  const write = (stream: NodeJS.WriteStream, line: string): void => {
    if (!isSilent) stream.write(`${line}\n`)
  }
  const print = (line: string): void => write(process.stdout, line)
  return {
    print,
    note: (line) => write(process.stderr, line),
    answer: (json: Json, lines) => {
      if (wantsJson) print(JSON.stringify(json, null, 2))
      else for (const line of lines) print(line)
    },
    silence: () => {
      isSilent = true
    },
  }
}

function valueOf(argv: readonly string[], flag: string): string | undefined {
  const index = argv.indexOf(flag)
  const joined = argv.find((argument) => argument.startsWith(`${flag}=`))
  return joined?.slice(flag.length + 1) ?? (index === -1 ? undefined : argv[index + 1])
}

function controlPlaneUrl(stateDir: string): string {
  const file = join(stateDir, 'run', 'control.json')
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { url: string }).url
  } catch (cause) {
    throw mainErrors.NOT_RUNNING({ detail: `there is no ${file}`, cause })
  }
}

function mainVerbs(context: CliContext): MainVerbs {
  return {
    up: {
      about: 'start both planes and the page, and keep them running',
      register: async (program) => (await import('./up.ts')).registerUp(program, context),
    },
    demo: {
      about: 'eighteen years of births through the whole loop, in about a minute',
      register: async (program) =>
        (await import('./demo/command.ts')).registerDemo(program, context),
    },
    version: {
      about: 'the version of Ratchet',
      register: (program) =>
        void program.command('version').action(() => {
          const version = packageVersion()
          context.answer({ version, node: process.version }, [`ratchet ${version}`])
        }),
    },
  }
}

/** Told even when all else is silent. */
function report(error: unknown, wantsJson: boolean): ExitCode {
  if (interrupted.signal.aborted) return 130
  const tell = (line: string): void => void process.stderr.write(`${line}\n`)
  if (!(error instanceof RatchetError)) {
    tell(
      `ratchet: ${error instanceof Error ? (error.stack ?? error.message) : errorMessage(error)}`,
    )
    tell('This is our fault. Please report it with the lines above and `ratchet version`.')
    return 70
  }
  const { code, title, detail, path, next, exit } = error
  if (wantsJson)
    process.stdout.write(
      `${JSON.stringify({ error: { code, title, detail, path, next } }, null, 2)}\n`,
    )
  tell(`${title} [${code}]`)
  tell(`  ${path === undefined || detail.includes(path) ? '' : `${path}: `}${detail}`)
  tell(`  ${next}`)
  return exit
}
