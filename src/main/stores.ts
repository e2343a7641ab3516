import { join } from 'node:path'
import { createRegistry } from '../capabilities/registry/index.ts'
import { createArtifacts, createTracking } from '../capabilities/tracking/index.ts'
import type { Stores } from '../edges/cli/context.ts'
import { createEventLog } from '../events/index.ts'
import { localBlobs } from '../storage/blobs/index.ts'
import { resolveConfig } from './config.ts'
import { openClock, openDatabase } from './foundation.ts'

/**
 * Database and artifacts of the project, for a command that works on them by itself. A control plane may run beside
 * it: both databases take several processes, one transaction at a time.
 */
export async function openStores(
  flags: { readonly dir?: string | undefined; readonly store?: string | undefined },
  cwd: string,
): Promise<Stores> {
  const config = resolveConfig(flags, cwd)
  const database = await openDatabase(config)
  const clock = await openClock(database, config)
  const { publish } = createEventLog(clock)
  const { folder: root, uri: artifactRoot } = config.artifacts
  const artifacts = createArtifacts(root, artifactRoot)
  const blobs = localBlobs(join(root, 'sha256'))
  const tracking = createTracking({ database, clock, publish, artifactRoot })
  const registry = createRegistry({
    database,
    clock,
    publish,
    by: 'cli',
    blobs,
    findLoggedModel: tracking.findLoggedModelSource,
    findRunArtifacts: tracking.findRunArtifacts,
    findRunModel: tracking.findRunModel,
    localArtifacts: artifacts.localPath,
  })
  return { database, clock, artifacts, tracking, registry, blobs, close: () => database.close() }
}
