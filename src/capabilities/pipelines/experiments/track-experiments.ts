import type { Clock } from '../../../base/time.ts'
import type { Database } from '../../../storage/database/port.ts'
import { type DataProject, listExperimentRefs } from '../../datasets/index.ts'
import type { Tracking } from '../../tracking/index.ts'
import { type ExperimentRun, runIdOf, runsOfExperiments } from './experiment-runs.ts'
import { listBaselines } from './list-experiments.ts'
import { showExperiments } from './show-experiments.ts'

export interface TrackExperimentsDeps {
  readonly database: Database
  readonly tracking: Pick<
    Tracking,
    'adoptExperimentIn' | 'adoptRunIn' | 'adoptMetricsIn' | 'getExperiment' | 'listRunIds'
  >
  readonly clock: Clock
  readonly project: DataProject
}

/** The experiment that they are runs of. */
export const DVC_EXPERIMENT = 'dvc experiments'

export interface TrackedExperiments {
  /** Experiments that DVC has. */
  readonly experiments: number
  /** Runs that were not there before, those of baselines counted. */
  readonly added: number
}

/** What changes when an experiment comes or goes: cheap to ask again and again. */
export async function experimentsToken(root: string): Promise<string> {
  return (await listExperimentRefs(root)).map(({ name, commit }) => `${commit} ${name}`).join('\n')
}

/**
 * Takes the experiments that DVC keeps in Git over as runs, each below the run of its baseline. What was taken over
 * stays as it is, also when DVC forgets it; a second call adds what is new.
 */
export async function trackExperiments(deps: TrackExperimentsDeps): Promise<TrackedExperiments> {
  const { tracking, project } = deps
  const baselines = await listBaselines(project.root, { allCommits: true })
  const experiments = baselines.reduce((sum, baseline) => sum + baseline.experiments.length, 0)
  if (experiments === 0) return { experiments, added: 0 }
  const experimentId = await ownExperiment(deps)
  const known = new Set(await tracking.listRunIds(experimentId))
  const fresh = baselines.map((baseline) => ({
    ...baseline,
    experiments: baseline.experiments.filter(({ commit }) => !known.has(runIdOf(commit))),
  }))
  const wanted = fresh.filter((baseline) => baseline.experiments.length > 0)
  const runs = runsOfExperiments(await showExperiments(project, wanted, { workspace: false }))
  const { artifactLocation } = await tracking.getExperiment(experimentId)
  let added = 0
  for (const run of runs) if (await adopt(deps, run, { experimentId, artifactLocation })) added += 1
  return { experiments, added }
}

async function ownExperiment({ database, tracking, clock }: TrackExperimentsDeps): Promise<string> {
  const now = clock.now()
  const { id } = await database.transaction((tx) =>
    tracking.adoptExperimentIn(tx, {
      id: null,
      name: DVC_EXPERIMENT,
      lifecycle: 'active',
      createdAt: now,
      updatedAt: now,
      artifactLocation: null,
      tags: [{ key: 'ratchet.source', value: 'dvc' }],
    }),
  )
  return id
}

async function adopt(
  { database, tracking }: TrackExperimentsDeps,
  { id, name, committedAt: at, params, metrics, tags }: ExperimentRun,
  place: { readonly experimentId: string; readonly artifactLocation: string },
): Promise<boolean> {
  const pairs = (values: readonly (readonly [string, string])[]) =>
    values.map(([key, value]) => ({ key, value }))
  return database.transaction(async (tx) => {
    const { isNew } = await tracking.adoptRunIn(tx, {
      id,
      experimentId: place.experimentId,
      name,
      userId: '',
      status: 'FINISHED',
      startTime: at,
      endTime: at,
      lifecycle: 'active',
      artifactUri: `${place.artifactLocation}/${id}/artifacts`,
      params: pairs(params),
      tags: pairs(tags),
      datasets: [],
      modelInputs: [],
      modelOutputs: [],
    })
    const points = metrics.map(([key, value]) => ({ key, value, at, step: 0 }))
    await tracking.adoptMetricsIn(tx, id, points)
    return isNew
  })
}
