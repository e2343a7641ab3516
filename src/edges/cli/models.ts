import type { Command } from 'commander'
import type { Json, JsonObject } from '../../base/json.ts'
import type { CliContext } from './context.ts'
import { cliErrors } from './errors.ts'
import { addModelHistory } from './model-history.ts'
import { tableLines } from './table.ts'

/** `models`, `register`, `gate`, `promote`, `rollback`, `why`. */
export function registerModelCommands(program: Command, context: CliContext): void {
  const list = program
    .command('models')
    .description('one line a model')
    .addHelpText('after', '\nExample:\n  ratchet models --json')
    .action(() => models(context))
  addModelHistory(list, context)
  program
    .command('register')
    .description('make the file that training wrote a version of the model')
    .argument('<model>')
    .option('--from <file>', 'an ONNX file; else the one that ratchet.yaml names')
    .addHelpText('after', '\nExample:\n  ratchet repro && ratchet register price')
    .action((name: string, options: { from?: string }) => register(context, name, options.from))
  program
    .command('gate')
    .description('the last gates of a model, or one with its evidence')
    .argument('<model-or-gate>')
    .addHelpText('after', '\nExample:\n  ratchet gate price')
    .action((name: string) => gate(context, name))
  program
    .command('promote')
    .description('gate a version; if it passes, roll it out')
    .argument('<model>')
    .option('--version <n>', 'the newest unless given')
    .addHelpText('after', '\nExample:\n  ratchet promote price --version 7')
    .action((name: string, options: { version?: string }) =>
      promote(context, name, options.version),
    )
  program
    .command('rollback')
    .description('the champion before this one answers again, at once')
    .argument('<model>')
    .addHelpText('after', '\nExample:\n  ratchet rollback price')
    .action(async (name: string) => {
      const done = await context.api().post(`/models/${name}/rollback`)
      context.answer(done, [String(done.sentence)])
    })
  program
    .command('why')
    .description('from any id back to its causes')
    .argument('<id>', 'of a prediction, alert, run, version (name/3), gate, rollout, decision …')
    .addHelpText('after', '\nExample:\n  ratchet why price/3')
    .action((id: string) => why(context, id))
}

async function models(context: CliContext): Promise<void> {
  const body = await context.api().get('/models')
  const items = body.items as readonly JsonObject[]
  const rows = items.map((model) => {
    const champion = model.champion as JsonObject | null
    const quality = model.quality as JsonObject | null
    return [
      String(model.name),
      champion === null ? 'no champion' : `v${String(champion.version)}`,
      quality === null
        ? ''
        : `${String((quality.metric as JsonObject).name)} ${number(quality.value)}`,
      String((model.last_decision as JsonObject | null)?.sentence ?? ''),
    ]
  })
  context.answer(
    body,
    items.length === 0 ? ['No model yet: declare one in ratchet.yaml.'] : tableLines(rows),
  )
}

function number(value: Json | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : '-'
}

async function register(context: CliContext, name: string, from: string | undefined) {
  const body = from === undefined ? {} : { path: from }
  const version = await context.api().post(`/models/${name}/versions`, body)
  context.answer(version, [`${name} version ${String(version.version)} is registered.`])
}

async function gate(context: CliContext, name: string): Promise<void> {
  if (!name.startsWith('gate_')) {
    const body = await context.api().get(`/gates?model=${encodeURIComponent(name)}`)
    const rows = (body.items as readonly JsonObject[]).map((item) =>
      [item.id, item.verdict, item.sentence].map(String),
    )
    context.answer(body, rows.length === 0 ? ['No gate yet.'] : tableLines(rows))
    return
  }
  const report = await context.api().get(`/gates/${name}`)
  const checks = (report.checks as readonly JsonObject[]).map((check) =>
    [check.verdict, check.name, check.asked].map((cell) => String(cell ?? '')),
  )
  context.answer(report, [String(report.sentence), ...tableLines(checks)])
  context.setExitCode(exitOfVerdict(report.verdict))
}

async function promote(context: CliContext, name: string, version: string | undefined) {
  const wanted = version === undefined ? {} : { version: Number(version) }
  if (version !== undefined && !Number.isInteger(Number(version)))
    throw cliErrors.CLI_USAGE({ detail: `--version ${version} is not a number` })
  const outcome = await context.api().post(`/models/${name}/promote`, wanted)
  context.answer(outcome, [String(outcome.sentence)])
  context.setExitCode(exitOfVerdict(outcome.verdict))
}

function exitOfVerdict(verdict: Json | undefined): 0 | 1 | 3 {
  if (verdict === 'failed') return 1
  return verdict === 'inconclusive' ? 3 : 0
}

async function why(context: CliContext, id: string): Promise<void> {
  const body = await context.api().get(`/why/${encodeURIComponent(id)}`)
  const steps = body.chain as readonly JsonObject[]
  const lines = steps.map((step) => {
    const at = step.at === null ? '' : `${String(step.at).slice(0, 16).replace('T', ' ')}  `
    return `${'  '.repeat(Number(step.depth))}${at}${String(step.sentence)}  [${String(step.id)}]`
  })
  context.answer(body, lines)
}
