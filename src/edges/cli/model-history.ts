import type { Command } from 'commander'
import type { JsonObject } from '../../base/json.ts'
import type { CliContext } from './context.ts'
import { tableLines } from './table.ts'

/** `models history` and `models undo`. */
export function addModelHistory(models: Command, context: CliContext): void {
  models
    .command('history')
    .description('who changed what, when, from what to what; the newest first')
    .argument('<model>')
    .option('--limit <n>', 'at most so many', '100')
    .addHelpText('after', '\nExample:\n  ratchet models history price --json')
    .action(async (model: string, { limit }: { limit: string }) => {
      const path = `/models/${encodeURIComponent(model)}/history?limit=${encodeURIComponent(limit)}`
      const body = await context.api().get(path)
      const rows = (body.items as readonly JsonObject[]).map((item) =>
        [item.id, String(item.at).slice(0, 19), item.by, item.sentence].map(String),
      )
      context.answer(body, tableLines(rows))
    })
  models
    .command('undo')
    .description('take back a change of an alias or a stage, unless it was changed since')
    .argument('<change>', 'chg_…, from `ratchet models history`')
    .addHelpText('after', '\nExample:\n  ratchet models undo chg_01k…')
    .action(async (change: string) => {
      const done = await context.api().post(`/changes/${encodeURIComponent(change)}/undo`)
      context.answer(done, [String(done.sentence)])
    })
}
