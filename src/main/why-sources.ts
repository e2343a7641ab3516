import { relative } from 'node:path'
import { findDecision } from '../automation/store.ts'
import type { WhyNode, WhySource } from '../automation/why.ts'
import { toDate } from '../base/time.ts'
import { findAlert } from '../capabilities/alerts/index.ts'
import { findRollout, listRollouts, viewRollout } from '../capabilities/deployments/index.ts'
import { findGate, listGates } from '../capabilities/evaluation/index.ts'
import { findPrediction, findReport } from '../capabilities/monitoring/index.ts'
import type { ModelVersion } from '../capabilities/registry/index.ts'
import { findReport as findCheck } from '../capabilities/validation/index.ts'
import { findJob } from '../jobs/index.ts'
import type { Foundation } from './foundation.ts'
import { groundSources } from './why-ground.ts'
import { node } from './why-node.ts'

/** Who knows what: each answers for its own kind of id, and names the causes. */
export function whySources(foundation: Foundation): readonly WhySource[] {
  return [...loopSources(foundation), ...modelSources(foundation), ...groundSources(foundation)]
}

function loopSources({
  database: { query },
  events,
  projectRoot,
}: Foundation): readonly WhySource[] {
  return [
    async (id) => {
      const event = id.startsWith('evt_') ? await events.find(query, id) : null
      if (event === null) return null
      const report = event.data.report_id
      const causes = [typeof report === 'string' ? report : null, event.causedBy]
      const sentence = String(event.data.sentence ?? event.data.reason ?? event.type)
      return node(id, 'event', { at: event.at, sentence: `${event.type}: ${sentence}`, causes })
    },
    async (id) => {
      const job = id.startsWith('job_') ? await findJob(query, id) : null
      if (job === null) return null
      const sentence = `Job ${job.kind} ${job.state}`
      return node(id, 'job', { at: job.createdAt, sentence, causes: [job.causedBy] })
    },
    async (id) => {
      const decision = id.startsWith('dec_') ? await findDecision(query, id) : null
      if (decision === null) return null
      const sentence = `Retrain ${decision.model}? ${decision.decision === 'yes' ? 'Yes' : 'No'}: ${decision.sentence}`
      const { at, causedBy, trigger } = decision
      return node(id, 'decision', { at, sentence, facts: { trigger }, causes: [causedBy] })
    },
    async (id) => {
      const alert = id.startsWith('alr_') ? await findAlert(query, id) : null
      if (alert === null) return null
      const sentence = `Alert ${alert.rule}, ${alert.state}: ${alert.summary}`
      return node(id, 'alert', {
        at: alert.firedAt ?? alert.pendingAt,
        sentence,
        causes: [alert.causedBy],
      })
    },
    async (id) => {
      const report = id.startsWith('rpt_') ? await findReport(query, id) : null
      if (report === null) return null
      const sentence = `Monitoring of ${report.model}: quality ${report.quality.verdict}, drift ${report.drift.verdict}. ${report.quality.reason}`
      return node(id, 'report', {
        at: report.at,
        sentence,
        // The version it watched is a fact, not a cause: else each champion's story would hold all of its ancestors'.
        facts: { version: report.version },
      })
    },
    async (id) => {
      const check = id.startsWith('rpt_') ? await findCheck(query, id) : null
      if (check === null) return null
      const sentence = `Check of ${pathIn(projectRoot, check.file)}: ${check.verdict}`
      return node(id, 'check', { at: check.checkedAt, sentence, causes: [] })
    },
  ]
}

/** As people of the project call it; what lies elsewhere keeps its whole path. */
function pathIn(root: string, file: string): string {
  const path = relative(root, file)
  return path.startsWith('..') ? file : path
}

function modelSources(foundation: Foundation): readonly WhySource[] {
  const { query } = foundation.database
  return [
    async (id) => {
      const found = id.startsWith('pred_') ? await findPrediction(query, id) : null
      if (found === null) return null
      const { model, version, at, output, label, arm } = found
      const truth = label === null ? '' : `; the truth was ${label}`
      const sentence = `${model} version ${version} answered ${output ?? 'nothing'} (${arm})${truth}`
      return node(id, 'prediction', {
        at,
        sentence,
        facts: { inputs: JSON.stringify(found.inputs), output, label, arm },
        causes: [`${model}/${version}`],
      })
    },
    (id) => versionNode(foundation, id),
    async (id) => {
      const gate = id.startsWith('gate_') ? await findGate(query, id) : null
      if (gate === null) return null
      const { at, report, causedBy } = gate
      return node(id, 'gate', { at, sentence: `Gate: ${report.sentence}`, causes: [causedBy] })
    },
    async (id) => {
      const rollout = id.startsWith('rol_') ? await findRollout(query, id) : null
      if (rollout === null) return null
      const { sentence } = viewRollout(rollout)
      return node(id, 'rollout', { at: rollout.startedAt, sentence, causes: [rollout.causedBy] })
    },
  ]
}

async function versionNode(foundation: Foundation, id: string): Promise<WhyNode | null> {
  const match = /^(.+)\/(\d+)$/.exec(id)
  if (match?.[1] === undefined) return null
  const { registry, database } = foundation
  const version = await registry.getVersion(match[1], Number(match[2])).catch(() => null)
  if (version === null) return null
  const { model, version: number } = version
  const gates = await listGates(database.query, { model, challenger: number, limit: 1 })
  const rollouts = await listRollouts(database.query, { endpoint: model, limit: 1000 })
  const rollout = rollouts.find((candidate) => candidate.version === number)
  return node(id, 'version', {
    at: version.createdAt,
    sentence: `${model} version ${number}${learnedFrom(version)}`,
    facts: { digest: version.digest, run: version.pipelineRunId },
    causes: [
      rollout?.id ?? null,
      gates[0]?.id ?? null,
      version.pipelineRunId,
      version.runId,
      version.dataMd5,
      version.gitCommit,
      version.causedBy,
    ],
  })
}

function learnedFrom({ trainFrom, trainUntil }: ModelVersion): string {
  if (trainUntil === null) return ''
  const last = toDate(trainUntil - 1)
  return trainFrom === null
    ? ` learned from data until ${last}`
    : ` learned from ${toDate(trainFrom)} to ${last}`
}
