import type { Tx } from '../../storage/database/port.ts'
import { findByName, nextId } from './experiments.ts'
import type { Experiment, KeyValue } from './schema.ts'
import { tables } from './store.ts'

export interface AdoptedExperiment extends Pick<
  Experiment,
  'name' | 'lifecycle' | 'createdAt' | 'updatedAt'
> {
  /** Kept when it is free and one that the database can hold. */
  readonly id: string | null
  /** `null` for a folder of our own. */
  readonly artifactLocation: string | null
  readonly tags: readonly KeyValue[]
}

export interface Adoption {
  readonly id: string
  readonly isNew: boolean
}

// PostgreSQL's integer. MLflow's file store gives 18 digits, more than a double can tell apart.
const LARGEST_ID = 2 ** 31 - 1

/** Takes over an experiment that was made elsewhere. One of the same name takes it in: its own values stay. */
export async function adoptExperiment(tx: Tx, input: AdoptedExperiment): Promise<Adoption> {
  const existing = await findByName(tx, input.name)
  const id = existing?.id ?? String(await freeId(tx, input.id))
  if (existing === null)
    await tables(tx)
      .insertInto('tracking_experiments')
      .values({
        id: Number(id),
        name: input.name,
        artifact_location: input.artifactLocation ?? `mlflow-artifacts:/${id}`,
        lifecycle: input.lifecycle,
        created_at: input.createdAt,
        updated_at: input.updatedAt,
      })
      .execute()
  for (const { key, value } of input.tags)
    await tables(tx)
      .insertInto('tracking_experiment_tags')
      .values({ experiment_id: Number(id), key, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  return { id, isNew: existing === null }
}

async function freeId(tx: Tx, wanted: string | null): Promise<number> {
  const id = wanted !== null && /^\d{1,10}$/.test(wanted) ? Number(wanted) : null
  if (id === null || id > LARGEST_ID) return nextId(tx)
  const taken = await tables(tx)
    .selectFrom('tracking_experiments')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst()
  return taken === undefined ? id : nextId(tx)
}
