import type { Database, Query } from '../../../storage/database/port.ts'

/**
 * A read that may be done in the reading thread, also one of another capability. A function does not cross threads but
 * its module does, so it says where it is: exported by `module` (an URL) under `name`. What is asked and found is plain data.
 */
export interface FarRead<Asked, Found> {
  readonly module: string
  readonly name: string
  readonly read: (database: Pick<Database, 'query' | 'dialect'>, asked: Asked) => Promise<Found>
  /** Whether it may take long enough for others to notice: `from` rows are many. */
  readonly isLong: (query: Query, asked: Asked, from: number) => Promise<boolean>
}

/** What the thread is told of such a read. */
export interface FarQuestion {
  readonly module: string
  readonly name: string
  readonly asked: unknown
}

/** Does it here. */
export async function readFar(
  database: Pick<Database, 'query' | 'dialect'>,
  { module, name, asked }: FarQuestion,
): Promise<unknown> {
  const exported = (await import(module)) as Record<string, FarRead<unknown, unknown>>
  const far = exported[name]
  if (far === undefined) throw new Error(`${module} exports no ${name}.`)
  return far.read(database, asked)
}
