import type { Tx } from '../../storage/database/port.ts'
import { directOf } from '../../storage/database/direct.ts'

/** The numbers that stand for metric keys in the history. */
export interface MetricKeys {
  idOf(tx: Tx, key: string): Promise<number> | number
  /** To be called after a transaction failed: it may have taken back a number that is known here. */
  forget(): void
}

const REMEMBERED = 100_000

export function createMetricKeys(): MetricKeys {
  const known = new Map<string, number>()
  return {
    idOf: (tx, key) => known.get(key) ?? find(tx, key, known),
    forget: () => known.clear(),
  }
}

async function find(tx: Tx, key: string, known: Map<string, number>): Promise<number> {
  const direct = directOf(tx)
  await direct.run('insert into tracking_keys (key) values (?) on conflict do nothing', [key])
  const [row] = await direct.all<{ id: number }>('select id from tracking_keys where key = ?', [
    key,
  ])
  if (row === undefined) throw new Error(`The metric key ${key} has no number.`)
  if (known.size >= REMEMBERED) known.clear()
  known.set(key, row.id)
  return row.id
}
