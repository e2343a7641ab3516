import type { Command } from 'commander'
import type { CliContext } from '../edges/cli/context.ts'
import { type Flags, resolveConfig } from './config.ts'
import { onInterrupt } from './interrupt.ts'
import { type Plane, supervise } from './supervisor.ts'

const NAMES: Readonly<Record<Plane, string>> = { control: 'page and API', data: 'inference' }

const INTERRUPTED = 130

const EXAMPLES = `
Examples:
  ratchet up
  ratchet up --port 5001 --inference-port 8081
  ratchet up --replay 1971-01-01      a clock that only the API moves, for rehearsals and backtests
`

/** `ratchet up`: both planes as processes of their own, supervised until Ctrl-C. */
export function registerUp(program: Command, context: CliContext): void {
  program
    .command('up')
    .description('start both planes and the page, and keep them running')
    .option('--port <port>', 'control plane and page (default 5000)')
    .option('--inference-port <port>', 'inference (default 8080)')
    .option('--host <host>', 'address to bind to (default 127.0.0.1)')
    .option('--store <url>', 'postgres://… instead of SQLite')
    .option(
      '--artifacts <place>',
      'folder of the artifacts, or its file:/// address for clients that share the disk',
    )
    .option('--replay <date>', 'open a fresh project with a clock that only the API moves')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => {
      await up({ ...flags, dir: program.opts<{ dir?: string }>().dir }, context)
    })
}

async function up(flags: Flags, context: CliContext): Promise<void> {
  const config = resolveConfig(flags, context.cwd)
  const supervisor = await supervise({
    config,
    onRestart: (plane, how) => context.note(`The ${plane} plane ${how}; it is started again.`),
  })
  const stopped = new Promise<null>((resolve) => {
    const stop = (): void => {
      context.note('Stopping.')
      void supervisor.stop().then(() => resolve(null))
    }
    onInterrupt(stop)
    process.once('SIGTERM', stop)
  })
  try {
    // Ctrl-C may come before they are.
    const planes = await Promise.race([supervisor.ready, stopped])
    if (planes === null) return context.setExitCode(INTERRUPTED)
    for (const { plane, url } of planes) context.note(`${NAMES[plane].padEnd(14)}${url}`)
    if (context.wantsJson)
      context.print(
        JSON.stringify(Object.fromEntries(planes.map(({ plane, url }) => [plane, url]))),
      )
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  await stopped
}
