import type { Query, Tx } from './port.ts'

type SettingTables = {
  settings: { name: string; value: string }
}

/** Small facts about the whole project that outlive a process, such as the time of a replay. */
export async function readSetting(query: Query, name: string): Promise<string | null> {
  const db = query.withTables<SettingTables>()
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value ?? null
}

export async function writeSetting(tx: Tx, name: string, value: string): Promise<void> {
  const db = tx.withTables<SettingTables>()
  await db
    .insertInto('settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}
