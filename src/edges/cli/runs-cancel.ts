import type { Command } from 'commander'
import type { JsonObject } from '../../base/json.ts'
import type { CliContext } from './context.ts'

const LOOK_MS = 200

/** `runs cancel`: 0 when the run has ended as cancelled. */
export function addRunsCancel(runs: Command, context: CliContext): void {
  runs
    .command('cancel')
    .description('end a pipeline run and all that its stages started, and wait for it')
    .argument('<run>', 'run_…')
    .option('--no-wait', 'only ask; the run ends by itself')
    .addHelpText(
      'after',
      '\nExample:\n  ratchet runs cancel run_01k…\n\nStages that had ended stay in dvc.lock; the one that was cut runs again at the next `repro`.',
    )
    .action(async (id: string, { wait }: { readonly wait: boolean }) => {
      const path = `/pipelines/runs/${encodeURIComponent(id)}`
      const asked = await context.api().post(`${path}/cancel`)
      const run = wait ? await ended(context, path, asked) : asked
      context.answer(run, [`${id}: ${isCancelled(run) ? 'cancelled' : 'asked to end'}.`])
    })
}

async function ended(context: CliContext, path: string, asked: JsonObject): Promise<JsonObject> {
  let run = asked
  while (!isCancelled(run)) {
    context.signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    run = await context.api().get(path)
  }
  return run
}

function isCancelled({ status }: JsonObject): boolean {
  return status === 'cancelled'
}
