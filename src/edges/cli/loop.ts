import type { Command } from 'commander'
import type { JsonObject } from '../../base/json.ts'
import type { CliContext } from './context.ts'
import { addLogs } from './run-logs.ts'
import { addRunsArchive } from './runs-archive.ts'
import { addRunsCancel } from './runs-cancel.ts'
import { addRunsGc } from './runs-gc.ts'
import { tableLines } from './table.ts'

/** `retrain`, `pause`, `resume`, `runs`, `logs`, `alerts`. */
export function registerLoopCommands(program: Command, context: CliContext): void {
  const act = (verb: 'retrain' | 'pause' | 'resume', about: string): void => {
    program
      .command(verb)
      .description(about)
      .argument('<model>')
      .addHelpText('after', `\nExample:\n  ratchet ${verb} price`)
      .action(async (model: string) => {
        const done = await context.api().post(`/models/${model}/${verb}`)
        context.answer(done, [String(done.sentence)])
      })
  }
  act('retrain', 'retrain a model now, whatever the cooldown says')
  act('pause', 'stop the loop of a model from retraining by itself')
  act('resume', 'let it retrain by itself again')
  const list = (
    verb: 'runs' | 'alerts',
    about: string,
    path: string,
    columns: readonly string[],
  ): Command =>
    program
      .command(verb)
      .description(about)
      .argument('[model]')
      .addHelpText('after', `\nExample:\n  ratchet ${verb} price --json`)
      .action(async (model: string | undefined) => {
        const query = model === undefined ? '' : `?model=${encodeURIComponent(model)}`
        const body = await context.api().get(`${path}${query}`)
        const items = body.items as readonly JsonObject[]
        const rows = items.map((item) => columns.map((column) => String(item[column] ?? '')))
        context.answer(body, rows.length === 0 ? [`No ${verb}.`] : tableLines(rows))
      })
  const columns = ['id', 'status', 'model', 'started_at']
  const runs = list('runs', 'the last pipeline runs', '/pipelines/runs', columns)
  addRunsCancel(runs, context)
  addRunsGc(runs, context)
  addRunsArchive(runs, context)
  list('alerts', 'alerts, firing ones first', '/alerts', ['id', 'state', 'model', 'sentence'])
  addLogs(program, context)
}
