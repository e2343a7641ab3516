import type { FastifyInstance } from 'fastify'
import type { Run, RunSnapshot } from '../../capabilities/tracking/index.ts'
import type { RunSnapshot as SnapshotShape } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { readEnvironment } from './run-environment.ts'
import { clientTime } from './time.ts'

/** What a run came from, beyond what its client says. */
export function registerRunLineage(
  app: FastifyInstance,
  deps: Pick<ApiDeps, 'tracking' | 'artifacts'>,
): void {
  handle(app, operations.runLineage, async ({ params }) => {
    const run = await deps.tracking.getRun(params.id)
    const found = await deps.tracking.getRunSnapshot(params.id)
    return {
      sentence: sentenceOf(run, found),
      snapshot: found === null ? null : shapeOf(found),
      environment: await readEnvironment(deps, run, found?.client ?? null),
    }
  })
}

function sentenceOf({ tags, startTime }: Run, found: RunSnapshot | null): string {
  if (found !== null) {
    const { commit, changedCount } = found.snapshot
    const after = Math.max(0, found.at - startTime) / 1000
    const changes = changedCount === 0 ? 'nothing changed' : `${count(changedCount)} changed`
    return `${found.script} at commit ${commit.slice(0, 10)}, ${changes}; looked at ${after.toFixed(1)} s after the start.`
  }
  if (tags['ratchet.stage'] !== undefined)
    return 'A stage of the pipeline: its inputs, outputs and git.diff are logged with it.'
  return 'Its script is not known to lie in this project, so only what its client said is kept.'
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`
}

function shapeOf({ snapshot, script, matchedBy, at }: RunSnapshot): SnapshotShape {
  return {
    id: snapshot.id,
    commit: snapshot.commit,
    script,
    matched_by: matchedBy,
    at: clientTime(at),
    changed: snapshot.changed,
    changed_count: snapshot.changedCount,
    untracked: snapshot.untracked,
    untracked_count: snapshot.untrackedCount,
    diff: snapshot.diff,
    data: snapshot.data,
    data_count: snapshot.dataCount,
  }
}
