import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Following, Query } from '../../../storage/database/port.ts'
import { inChunks } from '../store.ts'
import { type Column, grow } from './column.ts'
import { type ColumnName, emptyColumn, loadColumns, nameText, reloadValues } from './source.ts'
import { WATCHED } from './watched.ts'

/** Columns of all runs, kept in memory while they are asked for, and in step with what is committed. */
export interface KeptColumns {
  /** Each with all that was committed before. Runs have the numbers 1 to `runs`; some may be gone. */
  take(
    names: readonly ColumnName[],
  ): Promise<{ readonly columns: readonly Column[]; readonly runs: number }>
}

interface Kept {
  readonly name: ColumnName
  column: Column
  /** Runs, by number or id, that changed since they were read. */
  stale: Set<number | string>
  ready: Promise<void>
  usedAt: number
}

const MOST_COLUMNS = 48

export function createKeptColumns(
  query: Query,
  following: Pick<Following, 'watch' | 'foreignWrites'>,
): KeptColumns {
  const kept = new Map<string, Kept>()
  let watching: Promise<void> | undefined
  let foreign: number | undefined
  let uses = 0

  // What is not there yet is read together: one walk through the runs for all of it.
  const keep = (names: readonly ColumnName[]): readonly Kept[] => {
    const fresh = names
      .filter((name) => !kept.has(nameText(name)))
      .map((name) => ({ name, column: emptyColumn(name) }))
    const ready = loadColumns(query, fresh)
    for (const one of fresh)
      kept.set(nameText(one.name), { ...one, stale: new Set(), ready, usedAt: uses })
    const all = names.flatMap((name) => kept.get(nameText(name)) ?? [])
    while (kept.size > MOST_COLUMNS) dropOldest(kept)
    return all
  }

  // Another process that writes into the same file tells us nothing.
  const forgetIfForeign = (): void => {
    const now = following.foreignWrites()
    if (foreign !== undefined && now !== foreign) kept.clear()
    foreign = now
  }

  const renew = async (names: readonly ColumnName[]): Promise<readonly Column[]> => {
    const all = keep(names)
    for (const one of all) {
      one.usedAt = uses
      one.ready = one.ready.then(() => refresh(query, one))
    }
    await Promise.all(all.map(({ ready }) => ready))
    return all.map(({ column }) => column)
  }

  return {
    take: async (names) => {
      watching ??= watchRuns(following, kept)
      await watching
      forgetIfForeign()
      uses += 1
      const columns = await renew(names).catch((error: unknown) => {
        kept.clear()
        throw error
      })
      const [last] = await directOf(query).all<{ runs: number | null }>(LAST_RUN, [])
      const runs = last?.runs ?? 0
      for (const column of columns) grow(column, runs)
      return { columns, runs }
    },
  }
}

const LAST_RUN = 'select max(seq) as runs from tracking_runs'

function dropOldest(kept: Map<string, Kept>): void {
  const [oldest] = [...kept].toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
  if (oldest !== undefined) kept.delete(oldest[0])
}

const MOST_READ_AGAIN = 10_000
const TEXTS_TO_SPARE = 10_000

async function refresh(query: Query, one: Kept): Promise<void> {
  const { name, column, stale } = one
  if (stale.size === 0) return
  one.stale = new Set()
  if (stale.size > MOST_READ_AGAIN || hasManyOldTexts(column)) {
    // Who holds the old column goes on reading it: it is whole.
    const fresh = emptyColumn(name)
    await loadColumns(query, [{ name, column: fresh }])
    one.column = fresh
    return
  }
  for (const runs of inChunks(await numbersOf(query, [...stale]), READ_AT_ONCE))
    await reloadValues(query, { name, column }, runs)
}

// Values that no run has any more stay in a column of texts.
function hasManyOldTexts(column: Column): boolean {
  return column.kind === 'text' && column.texts.length > column.codes.length + TEXTS_TO_SPARE
}

const READ_AT_ONCE = 256

async function numbersOf(
  query: Query,
  runs: readonly (number | string)[],
): Promise<readonly number[]> {
  const numbers = runs.filter((run) => typeof run === 'number')
  const ids = runs.filter((run) => typeof run === 'string')
  for (const chunk of inChunks(ids, READ_AT_ONCE)) {
    const sql = `select seq from tracking_runs where id in (${placeholders(chunk.length)})`
    const rows = await directOf(query).all<{ seq: number }>(sql, filled(chunk))
    numbers.push(...rows.map(({ seq }) => seq))
  }
  return [...new Set(numbers)]
}

/** Marks what changed; it is read again when it is next asked for. */
async function watchRuns(
  following: Pick<Following, 'watch'>,
  kept: ReadonlyMap<string, Kept>,
): Promise<void> {
  const mark = (of: ColumnName['of'] | null, run: number | string): void => {
    for (const { name, stale } of kept.values())
      if (of === null || name.of === of || (name.of === 'words' && of !== 'series')) stale.add(run)
  }
  for (const { table, column, of } of WATCHED)
    await following.watch({
      table,
      columns: [column],
      changed: ([run]) => mark(of, typeof run === 'number' ? run : String(run)),
    })
}
