import { md5 } from '../../../base/hash.ts'
import type { FileValues } from '../reports/read-reports.ts'
import {
  diffValues,
  type FlatValues,
  flattenValues,
  numberOf,
  valueText,
  type ValuesByFile,
} from '../reports/values.ts'
import type { BaselineState, ExperimentState } from './show-experiments.ts'

/** An experiment of DVC, or the commit that it started from, as tracking keeps a run. */
export interface ExperimentRun {
  /** Follows from the commit, so that the same experiment is the same run wherever it is read. */
  readonly id: string
  readonly name: string
  readonly commit: string
  /** Milliseconds. */
  readonly committedAt: number
  readonly params: readonly (readonly [string, string])[]
  readonly metrics: readonly (readonly [string, number])[]
  readonly tags: readonly (readonly [string, string])[]
}

/** Runs of experiments below those of their baselines. A commit that cannot be read is left out. */
export function runsOfExperiments(baselines: readonly BaselineState[]): readonly ExperimentRun[] {
  return baselines
    .filter(({ experiments }) => experiments.length > 0)
    .flatMap((baseline) => {
      const parent = toRun(baseline, null)
      const children = baseline.experiments.map((experiment) => toRun(experiment, baseline))
      return [parent, ...children].filter((run) => run !== null)
    })
}

function toRun(state: ExperimentState, baseline: ExperimentState | null): ExperimentRun | null {
  const { revision: commit, name, result } = state
  if (!result.ok) return null
  const params = oneNameEach(valuesOf(result.data.params))
  const metrics = oneNameEach(valuesOf(result.data.metrics))
  return {
    id: runIdOf(commit),
    name: name ?? commit.slice(0, 7),
    commit,
    committedAt: state.committedAt ?? 0,
    params: [...params].map(([key, value]) => [key, valueText(value, null)]),
    metrics: [...metrics].flatMap(([key, value]) => {
      const number = numberOf(value)
      return number === null ? [] : [[key, number] as const]
    }),
    tags: tagsOf(state, baseline),
  }
}

export function runIdOf(commit: string): string {
  return md5(Buffer.from(`dvc experiment ${commit}`))
}

function tagsOf(state: ExperimentState, baseline: ExperimentState | null): ExperimentRun['tags'] {
  const own = [
    ['ratchet.source', 'dvc'],
    ['mlflow.source.git.commit', state.revision],
  ] as const
  if (baseline === null) return [...own, ['dvc.baseline', 'yes']]
  return [
    ...own,
    ['dvc.experiment', state.name ?? ''],
    ['dvc.baseline_commit', baseline.revision],
    ['mlflow.parentRunId', runIdOf(baseline.revision)],
    ['mlflow.note.content', noteOf(state, baseline)],
  ]
}

/** What it changed, in words: what a person asks first. */
function noteOf(state: ExperimentState, baseline: ExperimentState): string {
  const from = baseline.name ?? baseline.revision.slice(0, 7)
  const changes = (['params', 'metrics'] as const).flatMap((kind) =>
    diffValues(sideOf(baseline, kind), sideOf(state, kind), false).map(
      ({ file, name, old, new: now }) => `- ${name || file}: ${valueText(old)} → ${valueText(now)}`,
    ),
  )
  const what = changes.length === 0 ? 'Nothing that is tracked differs.' : changes.join('\n')
  return `Experiment of DVC, from ${from} (${baseline.revision.slice(0, 7)}).\n\n${what}`
}

function sideOf({ result }: ExperimentState, kind: 'params' | 'metrics'): ValuesByFile {
  return result.ok ? valuesOf(result.data[kind]) : new Map()
}

function valuesOf(files: ReadonlyMap<string, FileValues>): ValuesByFile {
  return new Map(
    [...files].flatMap(([file, found]) =>
      found.ok ? [[file, flattenValues(found.values)] as const] : [],
    ),
  )
}

// By its name alone where one file has it, as DVC's own tables do; else with its file.
function oneNameEach(files: ValuesByFile): FlatValues {
  const counts = new Map<string, number>()
  for (const values of files.values())
    for (const key of values.keys()) counts.set(key, (counts.get(key) ?? 0) + 1)
  return new Map(
    [...files].flatMap(([file, values]) =>
      [...values].map(([key, value]) => {
        const name = counts.get(key) === 1 ? key : `${file}/${key}`
        return [key === '' ? file : name, value]
      }),
    ),
  )
}
