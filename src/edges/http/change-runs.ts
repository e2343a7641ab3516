import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { runActionSchema, runCommandSchema, RunsChanged } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'

type Deps = Pick<ApiDeps, 'tracking'>
type Action = z.infer<typeof runActionSchema>
type Command = z.output<typeof runCommandSchema>

export function registerChangeRuns(app: FastifyInstance, deps: Deps): void {
  handle(app, operations.changeRuns, ({ params, body }) => changeRuns(deps, params.action, body))
}

async function changeRuns(deps: Deps, action: Action, command: Command): Promise<RunsChanged> {
  if (action === 'rename') return renameRun(deps, command)
  const ids = await chosenRuns(deps, command)
  await inTurns(ids, (id) => changeRun(deps, id, { action, ...command }))
  const word = { delete: 'deleted', restore: 'restored', tag: 'tagged' }[action]
  return { changed: ids.length, sentence: `${runs(ids.length)} ${word}.` }
}

const ROWS_AT_ONCE = 10_000

/** All of them before the first is changed: what is changed may match no longer. @throws REQUEST_INVALID */
async function chosenRuns(
  { tracking }: Deps,
  { ids, matching, except = [] }: Command,
): Promise<readonly string[]> {
  if ((ids === undefined) === (matching === undefined))
    throw httpErrors.REQUEST_INVALID({
      detail: 'Which runs? Either `ids` names them, or `matching` says which.',
      path: 'ids',
    })
  if (matching === undefined) return ids ?? []
  const { experiment: experimentIds, ...choice } = matching
  const left = new Set(except)
  const found: string[] = []
  for (let offset = 0; ; offset += ROWS_AT_ONCE) {
    const part = { offset, limit: ROWS_AT_ONCE, columns: [] }
    const { rows } = await tracking.readRunWindow({ experimentIds, ...choice, ...part })
    found.push(...rows.map(({ id }) => id).filter((id) => !left.has(id)))
    if (rows.length < ROWS_AT_ONCE) return found
  }
}

const AT_ONCE = 50

/** Some at once, so that their commits share what a commit costs; other requests are answered between. */
async function inTurns(
  ids: readonly string[],
  change: (id: string) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE)
    await Promise.all(ids.slice(from, from + AT_ONCE).map(change))
}

async function changeRun(
  { tracking }: Deps,
  id: string,
  { action, set = [], unset = [] }: Command & { readonly action: Exclude<Action, 'rename'> },
): Promise<void> {
  switch (action) {
    case 'delete':
      return tracking.deleteRun(id)
    case 'restore':
      return tracking.restoreRun(id)
    case 'tag':
      if (set.length > 0) await tracking.logBatch(id, { tags: set })
      for (const key of unset) await deleteTagIfThere(tracking, id, key)
  }
}

async function deleteTagIfThere(tracking: Deps['tracking'], id: string, key: string) {
  const { tags } = await tracking.getRun(id)
  if (Object.hasOwn(tags, key)) await tracking.deleteTag(id, key)
}

function runs(n: number): string {
  return n === 1 ? '1 run' : `${n.toLocaleString('en-US')} runs`
}

async function renameRun({ tracking }: Deps, { ids = [], name }: Command): Promise<RunsChanged> {
  const [id] = ids
  if (id === undefined || ids.length > 1 || name === undefined || name.trim() === '')
    throw httpErrors.REQUEST_INVALID({
      detail: 'One run is renamed at a time, and to a name that is not empty.',
      path: 'name',
    })
  await tracking.updateRun(id, { name: name.trim() })
  return { changed: 1, sentence: `The run is now called ${name.trim()}.` }
}
