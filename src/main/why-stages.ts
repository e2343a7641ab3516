import type { WhyNode, WhySource } from '../automation/why.ts'
import {
  findRun,
  findStagesOf,
  listStages,
  type PipelineRun,
  reasonText,
  type StageRecord,
} from '../capabilities/pipelines/index.ts'
import type { Foundation } from './foundation.ts'
import { node } from './why-node.ts'

/** Runs of the pipeline, one stage of a run (`run_…/train`), and a content by the stage that wrote it. */
export function stageSources({ database: { query } }: Foundation): readonly WhySource[] {
  return [
    async (id) => {
      const run = id.startsWith('run_') ? await findRun(query, id) : null
      return run === null ? null : runNode(run, await listStages(query, id))
    },
    async (id) => {
      const [, runId, name] = /^(run_[^/]+)\/(.+)$/.exec(id) ?? []
      if (runId === undefined) return null
      const found = (await listStages(query, runId)).find(({ stage }) => stage === name)
      return found === undefined ? null : stageNode(found)
    },
    async (id) => {
      if (!/^[0-9a-f]{32}(\.dir)?$/.test(id)) return null
      const stages = await findStagesOf(query, id)
      for (const stage of stages.toSorted(ranFirst)) {
        const output = stage.outputs.find(({ md5 }) => md5 === id)
        if (output === undefined) continue
        const sentence = `${output.path}, ${output.size} bytes, written by stage ${stage.stage}`
        return node(id, 'content', { at: stage.startedAt, sentence, causes: [idOf(stage)] })
      }
      return null
    },
  ]
}

// A run that found it there did not write it.
function ranFirst(a: StageRecord, b: StageRecord): number {
  return Number(b.state === 'ran') - Number(a.state === 'ran')
}

function idOf({ runId, stage }: StageRecord): string {
  return `${runId}/${stage}`
}

function runNode(run: PipelineRun, stages: readonly StageRecord[]): WhyNode {
  const names = stages.map(({ stage, state }) => `${stage} ${state}`).join(', ')
  const data = stages.flatMap(({ inputs }) => inputs).find(({ md5 }) => md5.endsWith('.dir'))
  const where = run.origin === 'shell' ? ' in a shell' : ''
  const sentence = `Run${where} ${run.status}: ${names === '' ? run.targets.join(', ') : names}`
  const measured = stages
    .filter(({ state }) => state !== 'skipped')
    .map((stage) => [`stage ${stage.stage}`, measuredText(stage)] as const)
  const facts = {
    params: JSON.stringify(run.params),
    dirty: run.dirty === true ? 1 : 0,
    ...Object.fromEntries(measured),
  }
  const causes = [run.causedBy, data?.md5 ?? null, run.commit]
  return node(run.id, 'run', { at: run.startedAt ?? run.createdAt, sentence, facts, causes })
}

function measuredText({ state, durationMs, measures }: StageRecord): string {
  const { exitCode, peakMemory } = measures
  return [
    state,
    durationMs === null ? null : `${(durationMs / 1000).toFixed(1)} s`,
    peakMemory === null ? null : `${Math.round(peakMemory / 1e6)} MB at the most`,
    exitCode === null ? null : `exit code ${exitCode}`,
  ]
    .filter((part) => part !== null)
    .join(', ')
}

function placeText({ measures: { environment } }: StageRecord): string {
  if (environment === null) return ''
  const { os, node: nodeVersion, python } = environment
  return [
    os,
    nodeVersion === null ? null : `node ${nodeVersion}`,
    python === null ? null : `python ${python}`,
  ]
    .filter((part) => part !== null)
    .join(', ')
}

function stageNode(stage: StageRecord): WhyNode {
  const { environment } = stage.measures
  const reasons = stage.reasons.map(reasonText).join('; ')
  return node(idOf(stage), 'stage', {
    at: stage.startedAt,
    sentence: `Stage ${stage.stage}: ${[measuredText(stage), reasons, placeText(stage)].filter((part) => part !== '').join('; ')}`,
    facts: {
      command: stage.command,
      log: stage.logPath,
      error: stage.error?.detail ?? null,
      os: environment?.os ?? null,
      node: environment?.node ?? null,
      python: environment?.python ?? null,
      variables: environment === null ? null : JSON.stringify(environment.variables),
      params: JSON.stringify(stage.params),
      outputs: stage.outputs.map(({ path, md5 }) => `${path} ${md5}`).join(', '),
    },
    causes: [stage.runId, ...stage.inputs.map(({ md5 }) => md5)],
  })
}
