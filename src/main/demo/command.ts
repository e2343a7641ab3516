import type { Command } from 'commander'
import type { CliContext } from '../../edges/cli/context.ts'
import type { DemoFlags } from './flags.ts'

const EXAMPLES = `
Examples:
  ratchet demo                       eighteen years, then the page stays up until Ctrl-C
  ratchet demo --exit --json summary.json
  ratchet demo --until 1974-12-31    a shorter history
`

/** `ratchet demo`: the whole loop on real data, as its users would drive it. */
export function registerDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description('play eighteen years of births through the whole loop')
    .option('--exit', 'end when the history is over, instead of keeping the page up')
    .option('--until <date>', 'last day to play', '1988-12-31')
    .option('--port <port>', 'of the page')
    .option('--inference-port <port>', 'of the data plane')
    .addHelpText('after', EXAMPLES)
    .argument('[summary]', 'with --json: the file to write the summary to')
    .action(async (summary: string | undefined, flags: DemoFlags) => {
      const { runDemo } = await import('./run.ts')
      await runDemo(context, { ...flags, ...(summary === undefined ? {} : { report: summary }) })
    })
}
