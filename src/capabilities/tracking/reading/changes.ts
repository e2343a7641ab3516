import type { Following, Watch } from '../../../storage/database/port.ts'
import { WATCHED } from '../columns/watched.ts'
import type { Changes } from './messages.ts'

/** Notes what is committed until the reading thread is next asked for something, so that it sees it then. */
export interface ChangeNotes {
  readonly take: () => { readonly changes: Changes; readonly epoch: number }
}

/** More is not worth being read again one by one. */
const MOST_NOTED = 20_000

/** From the moment its promise resolves, every commit is noted. */
export async function noteChanges(following: Following): Promise<ChangeNotes> {
  const noted = new Map<string, Set<string | number>>()
  let epoch = 0
  let foreign = following.foreignWrites()
  const forget = (): void => {
    noted.clear()
    epoch += 1
  }
  for (const { table, column } of WATCHED)
    await following.watch({
      table,
      columns: [column],
      changed: ([value]) => {
        const rows = noted.get(table) ?? new Set()
        noted.set(table, rows.add(typeof value === 'number' ? value : String(value)))
        if (rows.size > MOST_NOTED) forget()
      },
    })
  return {
    take: () => {
      const now = following.foreignWrites()
      // Another process that writes into the same file tells us nothing.
      if (now !== foreign) forget()
      foreign = now
      const changes = Object.fromEntries([...noted].map(([table, rows]) => [table, [...rows]]))
      noted.clear()
      return { changes, epoch }
    },
  }
}

/** The other end: what follows the database in the reading thread, told by each question. */
export interface ToldChanges {
  readonly following: Pick<Following, 'watch' | 'foreignWrites'>
  readonly tell: (changes: Changes, epoch: number) => void
}

export function createToldChanges(): ToldChanges {
  const watches: Watch[] = []
  let epoch = 0
  return {
    following: {
      watch: async (watch) => void watches.push(watch),
      foreignWrites: () => epoch,
    },
    tell: (changes, now) => {
      epoch = now
      for (const { table, changed } of watches)
        for (const value of changes[table] ?? []) changed([value])
    },
  }
}
