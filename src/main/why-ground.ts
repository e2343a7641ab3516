import { execFileSync } from 'node:child_process'
import type { WhyNode, WhySource } from '../automation/why.ts'
import type { Run } from '../capabilities/tracking/index.ts'
import type { Foundation } from './foundation.ts'
import { dataFileNode, dataNode } from './why-data.ts'
import { node } from './why-node.ts'
import { snapshotNode } from './why-snapshot.ts'
import { stageSources } from './why-stages.ts'

/** What all else stands on: runs, tracked or of a pipeline, data and commits. */
export function groundSources(foundation: Foundation): readonly WhySource[] {
  const { projectRoot } = foundation
  return [
    (id) => trackedRunNode(foundation, id),
    (id) => snapshotNode(foundation, id),
    (id) => dataNode(foundation, id),
    ...stageSources(foundation),
    async (id) => commitNode(projectRoot, id),
    (id) => dataFileNode(foundation, id),
  ]
}

function commitNode(root: string, id: string): WhyNode | null {
  if (!/^[0-9a-f]{40}$/.test(id)) return null
  try {
    const format = ['show', '--no-patch', '--format=%ct %s', id]
    const text = execFileSync('git', format, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    const subject = text.slice(text.indexOf(' ') + 1)
    return node(id, 'commit', { sentence: `Commit ${id.slice(0, 10)}: ${subject}` })
  } catch {
    return node(id, 'commit', { sentence: `Commit ${id}, which this clone does not have` })
  }
}

const MOST_METRICS = 3

/** A run of an MLflow client: the commit and the run that it names in its tags, the data that it logged as inputs. */
async function trackedRunNode({ tracking }: Foundation, id: string): Promise<WhyNode | null> {
  if (!/^[0-9a-f]{32}$/.test(id)) return null
  const run = await tracking.getRun(id).catch(() => null)
  if (run === null) return null
  const { name, status, experimentId, startTime, tags } = run
  const started = await tracking.getRunSnapshot(id)
  const shown = run.metrics.slice(0, MOST_METRICS).map(({ key, value }) => `${key} ${value}`)
  const metrics = shown.length === 0 ? '' : `; ${shown.join(', ')}`
  return node(id, 'tracked run', {
    at: startTime,
    sentence: `Run ${name} of experiment ${experimentId}, ${status.toLowerCase()}${metrics}`,
    facts: {
      user: run.userId,
      source: started?.script ?? tags['mlflow.source.name'] ?? null,
      client: started?.client ?? null,
      ...datasetFacts(run),
    },
    causes: [
      tags['mlflow.parentRunId'] ?? null,
      ...hashesIn(run),
      started?.snapshot.id ?? null,
      tags['mlflow.source.git.commit'] ?? null,
    ],
  })
}

function datasetFacts({ datasets }: Run): Readonly<Record<string, string>> {
  const names = datasets.map(({ dataset: { name, digest } }) => `${name} ${digest}`)
  return names.length === 0 ? {} : { datasets: names.join(', ') }
}

// An input whose digest is one of ours, and what a stage of a pipeline says that it read.
function hashesIn({ datasets, tags }: Run): readonly string[] {
  const digests = datasets.map(({ dataset }) => dataset.digest)
  const said = Object.entries(tags).flatMap(([key, value]) =>
    key.startsWith('ratchet.input.') ? [value] : [],
  )
  return [...new Set([...digests, ...said])].filter((one) => /^[0-9a-f]{32}(\.dir)?$/.test(one))
}
