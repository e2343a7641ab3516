import type { Command } from 'commander'
import type { JsonObject } from '../../base/json.ts'
import type { CliContext } from './context.ts'

const LOOK_MS = 500

interface Options {
  readonly stage?: string
  readonly grep?: string
  readonly follow?: boolean
}

/** `logs`: what the stages of a run wrote. */
export function addLogs(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('the log of a run')
    .argument('<run>', 'run_…')
    .option('--stage <name>', 'of this stage alone')
    .option('--grep <text>', 'only lines that contain this, in either case; 1 when there are none')
    .option('-f, --follow', 'go on until the run ends')
    .addHelpText(
      'after',
      '\nExamples:\n  ratchet logs run_01k… --grep loss\n  ratchet logs run_01k… -f',
    )
    .action((run: string, options: Options) => {
      const path = `/pipelines/runs/${encodeURIComponent(run)}`
      if (options.grep !== undefined) return search(context, path, options)
      if (options.follow === true) return follow(context, path, options)
      return show(context, path, options)
    })
}

async function show(context: CliContext, path: string, { stage }: Options): Promise<void> {
  const body = await context
    .api()
    .get(stage === undefined ? `${path}/logs` : `${path}/log?stage=${encodeURIComponent(stage)}`)
  context.answer(body, [String(body.text)])
}

async function search(
  context: CliContext,
  path: string,
  { grep = '', stage }: Options,
): Promise<void> {
  const asked = new URLSearchParams({ text: grep, ...(stage === undefined ? {} : { stage }) })
  const body = await context.api().get(`${path}/log/search?${asked}`)
  const matches = body.matches as readonly JsonObject[]
  const lines = matches.map((match) => `${match.stage}:${match.line}: ${match.text}`)
  context.answer(body, body.more === true ? [...lines, '… and more'] : lines)
  if (matches.length === 0) context.setExitCode(1)
}

async function follow(context: CliContext, path: string, options: Options): Promise<void> {
  const places = new Map<string, number>()
  for (;;) {
    const run = await context.api().get(path)
    const stages = (run.stages as readonly JsonObject[]).map(({ stage }) => String(stage))
    for (const stage of stages)
      if (options.stage === undefined || options.stage === stage)
        await printNew(context, { path, stage, places })
    if (run.status !== 'queued' && run.status !== 'running') break
    context.signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  if (context.wantsJson) await show(context, path, options)
}

interface Following {
  readonly path: string
  readonly stage: string
  readonly places: Map<string, number>
}

async function printNew(context: CliContext, { path, stage, places }: Following): Promise<void> {
  for (;;) {
    const from = places.get(stage) ?? 0
    const asked = new URLSearchParams({ stage, from: String(from) })
    const part = await context.api().get(`${path}/log?${asked}`)
    const text = String(part.text)
    // A line that is not whole is read again.
    const whole = part.ended === true ? text : text.slice(0, text.lastIndexOf('\n') + 1)
    for (const line of whole.split('\n').slice(0, whole.endsWith('\n') ? -1 : undefined))
      if (whole !== '' && !context.wantsJson) context.print(`${stage} | ${line}`)
    places.set(stage, from + Buffer.byteLength(whole))
    if (whole === '' || part.ended === true) return
  }
}
