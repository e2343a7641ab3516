import { RatchetError } from '../../../base/errors.ts'
import { type DataProject, type ExperimentRef } from '../../datasets/index.ts'
import { WORKSPACE } from '../reports/revision.ts'
import { type ExperimentData, readExperimentData } from './experiment-data.ts'
import { type Baseline, commitTimes } from './list-experiments.ts'

/** A commit or the workspace with what it holds. */
export interface ExperimentState {
  /** A commit, or `workspace`. */
  readonly revision: string
  /** Of an experiment its own, of a baseline its branch or tag. */
  readonly name: string | null
  /** Milliseconds; null for the workspace. */
  readonly committedAt: number | null
  readonly result:
    | { readonly ok: true; readonly data: ExperimentData }
    | { readonly ok: false; readonly error: RatchetError }
}

export interface BaselineState extends ExperimentState {
  /** The newest first. */
  readonly experiments: readonly ExperimentState[]
}

/** Baselines and their experiments with parameters and metrics; what cannot be read says why. */
export async function showExperiments(
  project: DataProject,
  baselines: readonly Baseline[],
  { workspace }: { readonly workspace: boolean },
): Promise<readonly BaselineState[]> {
  const tips = baselines.flatMap(({ commit, experiments }) => [
    commit,
    ...experiments.map((experiment) => experiment.commit),
  ])
  const reading = { project, times: await commitTimes(project.root, [...new Set(tips)]) }
  const shown: BaselineState[] = []
  if (workspace)
    shown.push({ ...(await read(reading, { revision: WORKSPACE, name: null })), experiments: [] })
  for (const { commit, name, experiments } of baselines)
    shown.push({
      ...(await read(reading, { revision: commit, name })),
      experiments: await readNewestFirst(reading, experiments),
    })
  return shown
}

interface Reading {
  readonly project: DataProject
  readonly times: ReadonlyMap<string, number>
}

async function readNewestFirst(
  reading: Reading,
  experiments: readonly ExperimentRef[],
): Promise<readonly ExperimentState[]> {
  const states: ExperimentState[] = []
  for (const { name, commit } of experiments)
    states.push(await read(reading, { revision: commit, name }))
  return states.toSorted((a, b) => {
    const later = (b.committedAt ?? 0) - (a.committedAt ?? 0)
    return later === 0 ? (a.revision < b.revision ? 1 : -1) : later
  })
}

async function read(
  { project, times }: Reading,
  { revision, name }: Pick<ExperimentState, 'revision' | 'name'>,
): Promise<ExperimentState> {
  const committedAt = times.get(revision) ?? null
  try {
    const data = await readExperimentData(project, revision)
    return { revision, name, committedAt, result: { ok: true, data } }
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    return { revision, name, committedAt, result: { ok: false, error } }
  }
}
