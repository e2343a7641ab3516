import type { DatabaseSync } from 'node:sqlite'
import type { Tx, Watch } from './port.ts'
import { directOf } from './direct.ts'

/** Told of committed changes, whoever of this process made them. */
export interface Watcher {
  /** Begins to watch, in the transaction that is given. */
  readonly begin: (tx: Tx, watch: Watch) => Promise<void>
  readonly committed: () => void
  readonly rolledBack: () => void
}

/**
 * Triggers of this connection alone call back for each row. What they tell is passed on when the commit is done: a row
 * that a transaction took back may be named too, a row that was committed always is.
 */
export function createWatcher(writer: DatabaseSync): Watcher {
  const watches: Watch[] = []
  let pending: (readonly [number, readonly unknown[]])[] = []
  writer.function('ratchet_changed', { varargs: true }, (watch, ...values) => {
    pending.push([Number(watch), values])
    return null
  })
  return {
    begin: async (tx, watch) => {
      const number = watches.push(watch) - 1
      for (const event of ['insert', 'update', 'delete'] as const) {
        const row = event === 'delete' ? 'old' : 'new'
        const values = watch.columns.map((column) => `${row}.${column}`).join(', ')
        await directOf(tx).run(
          `create temp trigger ratchet_watch_${number}_${event} after ${event} on main.${watch.table}
           begin select ratchet_changed(${number}, ${values}); end`,
          [],
        )
      }
    },
    committed: () => {
      const told = pending
      pending = []
      for (const [watch, values] of told) watches[watch]?.changed(values)
    },
    rolledBack: () => {
      pending = []
    },
  }
}
