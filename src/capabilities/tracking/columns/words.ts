import { directOf, type SqlValue } from '../../../storage/database/direct.ts'
import type { Query } from '../../../storage/database/port.ts'
import { containsPattern } from '../filter/condition.ts'

const contains = (column: string): string => `${column} like ? escape '\\'`

const IN_ALL = `select json_group_array(seq) as runs from (
  select seq from tracking_runs where ${contains('name')} or id = ?
  ${['tracking_params', 'tracking_tags']
    .map(
      (table) => `union select run.seq from (select distinct run_id from ${table}
        where ${contains('value')}) as one join tracking_runs as run on run.id = one.run_id`,
    )
    .join(' ')})`

/** The numbers of the runs in which a text occurs: one walk through all values, where a look at each run takes five times as long. */
export async function runsWithWords(query: Query, text: string): Promise<readonly number[]> {
  const [row] = await directOf(query).all<{ runs: string }>(IN_ALL, valuesOf(text))
  return JSON.parse(row?.runs ?? '[]') as number[]
}

/** Whether it occurs in `run`: 1, else null. Takes the values of `valuesOf`. */
export const WORDS_IN_RUN = `case when ${contains('run.name')} or run.id = ?
  ${['tracking_params', 'tracking_tags']
    .map(
      (table) =>
        `or exists (select 1 from ${table} as one where one.run_id = run.id and ${contains('one.value')})`,
    )
    .join(' ')} then 1 end`

export function valuesOf(text: string): readonly SqlValue[] {
  const pattern = containsPattern(text)
  return [pattern, text.toLowerCase(), pattern, pattern]
}
