import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { errorMessage, RatchetError } from '../../base/errors.ts'
import { type Json, type JsonObject, parseJson } from '../../base/json.ts'
import { exitOf } from './api-client.ts'
import type { CliContext } from './context.ts'
import { cliErrors } from './errors.ts'
import { tableLines } from './table.ts'

const ACTIONS = ['pause', 'resume', 'abort', 'promote'] as const

/** `predict`, `feedback`, `rollout`. */
export function registerServingCommands(program: Command, context: CliContext): void {
  program
    .command('predict')
    .description('ask an endpoint')
    .argument('<endpoint>')
    .argument('<inputs...>', 'name=value, one for each input of the model')
    .option('--key <key>', 'who asks: the same key gets the same arm of a canary')
    .addHelpText(
      'after',
      '\nExample:\n  ratchet predict births weekday=1 day_of_year=40 holiday=0 day_index=800',
    )
    .action((endpoint: string, inputs: readonly string[], options: { key?: string }) =>
      predict(context, endpoint, { inputs, key: options.key }),
    )
  program
    .command('feedback')
    .description('tell the truth about a prediction')
    .argument('<prediction>', 'pred_…')
    .argument('<label>', 'the true value')
    .addHelpText('after', '\nExample:\n  ratchet feedback pred_01k… 9123')
    .action(async (prediction: string, label: string) => {
      const value = Number.isNaN(Number(label)) ? label : Number(label)
      const body = { prediction_id: prediction, label: value }
      const answer = await callDataPlane(context, '/feedback', body)
      context.answer(answer, [`${String(answer.status)}`])
    })
  const rollout = program
    .command('rollout')
    .description('the rollout under way, and what a person may do with it')
    .addHelpText(
      'after',
      '\nExample:\n  ratchet rollout status births\n  ratchet rollout abort births',
    )
  rollout
    .command('status')
    .argument('<model>')
    .action(async (model: string) => {
      const found = await newestRollout(context, model)
      const guards = (found.guards as readonly JsonObject[] | undefined) ?? []
      const rows = guards.map((guard) => [guard.verdict, guard.name, guard.asked].map(String))
      context.answer(found, [String(found.sentence), ...tableLines(rows)])
    })
  for (const action of ACTIONS)
    rollout
      .command(action)
      .argument('<model>')
      .action(async (model: string) => {
        const found = await newestRollout(context, model)
        const done = await context.api().post(`/rollouts/${String(found.id)}/${action}`)
        context.answer(done, [String(done.sentence)])
      })
}

async function newestRollout(context: CliContext, model: string): Promise<JsonObject> {
  const list = await context.api().get(`/rollouts?model=${encodeURIComponent(model)}&limit=1`)
  const [newest] = list.items as readonly JsonObject[]
  if (newest === undefined) throw cliErrors.NOTHING_YET({ detail: `${model} has had no rollout` })
  return context.api().get(`/rollouts/${String(newest.id)}`)
}

async function predict(
  context: CliContext,
  endpoint: string,
  { inputs, key }: { inputs: readonly string[]; key: string | undefined },
): Promise<void> {
  const metadata = await callDataPlane(context, `/v2/models/${encodeURIComponent(endpoint)}`)
  const declared = metadata.inputs as readonly {
    readonly name: string
    readonly datatype: string
  }[]
  const tensors = inputs.map((text) => toTensor(text, declared))
  const body = { inputs: tensors, ...(key === undefined ? {} : { parameters: { key } }) }
  const path = `/v2/models/${encodeURIComponent(endpoint)}/infer`
  const answer = await callDataPlane(context, path, body)
  const outputs = answer.outputs as readonly { readonly name: string; readonly data: Json }[]
  context.answer(
    answer,
    outputs.map(({ name, data }) => `${name}: ${JSON.stringify(data)}`),
  )
}

function toTensor(text: string, declared: readonly { name: string; datatype: string }[]) {
  const [name = '', value = ''] = text.split('=')
  const input = declared.find((candidate) => candidate.name === name)
  if (input === undefined || value === '')
    throw cliErrors.CLI_USAGE({
      detail: `"${text}" is not one of ${declared.map((known) => `${known.name}=VALUE`).join(', ')}`,
    })
  const data = input.datatype === 'BYTES' ? [value] : [Number(value)]
  return { name, datatype: input.datatype, shape: [1, 1], data }
}

async function callDataPlane(context: CliContext, path: string, body?: Json): Promise<JsonObject> {
  const url = dataPlaneUrl(context.stateDir())
  const headers = { 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers }
  const response = await fetch(`${url}${path}`, sent).catch((cause: unknown) => {
    throw cliErrors.CONTROL_PLANE_AWAY({ detail: `${url}: ${errorMessage(cause)}`, cause })
  })
  const answer = (parseJson(await response.text()) ?? {}) as JsonObject
  if (response.ok) return answer
  throw refusal(response.status, answer)
}

/** The data plane's own code, where its answer has one. */
function refusal(status: number, { error, code }: JsonObject): RatchetError {
  const { title, next } = cliErrors.table.DATA_PLANE_REFUSED
  const name = typeof code === 'string' ? code : 'DATA_PLANE_REFUSED'
  const definition = { status, exit: exitOf(status), title, next }
  return new RatchetError(name, definition, { detail: String(error ?? `status ${status}`) })
}

function dataPlaneUrl(stateDir: string): string {
  const file = join(stateDir, 'run', 'gateway.json')
  try {
    const { port } = JSON.parse(readFileSync(file, 'utf8')) as { port: number }
    return `http://127.0.0.1:${port}`
  } catch (cause) {
    throw cliErrors.CONTROL_PLANE_AWAY({ detail: `there is no ${file}`, cause })
  }
}
