import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { localBlobs } from '../../storage/blobs/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { createRegistry, type Registry } from './index.ts'

export interface RegistryWorld {
  readonly database: Database
  readonly registry: Registry
  /** Where the artifacts lie that a location names. */
  readonly folder: string
  readonly close: () => Promise<void>
}

const clock = manualClock(1_000)
export const REGISTRY_TIME = { clock, events: createEventLog(clock) }

/** An empty registry, which knows of one logged model, `m-1` of the run `r1`. */
export async function openRegistryWorld(): Promise<RegistryWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-registry-'))
  const database = await testDatabase()
  const registry = createRegistry({
    database,
    clock,
    publish: REGISTRY_TIME.events.publish,
    blobs: localBlobs(join(folder, 'blobs')),
    findLoggedModel: async (id) =>
      id === 'm-1'
        ? { artifactUri: 'mlflow-artifacts:/1/models/m-1/artifacts', runId: 'r1' }
        : null,
    localArtifacts: (uri) => join(folder, uri.replace('mlflow-artifacts:/', '')),
  })
  return {
    database,
    registry,
    folder,
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function uploaded(model: string) {
  return { model, source: 'mlflow-artifacts:/1/r/artifacts/model' }
}
