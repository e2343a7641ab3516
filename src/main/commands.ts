import { isAbsolute, join } from 'node:path'
import { gateVersion } from '../automation/gating.ts'
import { automationErrors } from '../automation/errors.ts'
import { endpointOf } from '../automation/policy.ts'
import { considerRetraining, refuseUnlessStarted } from '../automation/retraining.ts'
import type { Decision, RetrainPolicy } from '../automation/schema.ts'
import { setPaused } from '../automation/store.ts'
import { RatchetError } from '../base/errors.ts'
import { createId } from '../base/ids.ts'
import {
  type Endpoint,
  ensureEndpoint,
  findEndpoint,
  rollback,
  switchChampion,
} from '../capabilities/deployments/index.ts'
import { cancelPipeline, type PipelineRun } from '../capabilities/pipelines/index.ts'
import type { ModelVersion } from '../capabilities/registry/index.ts'
import { inspectModel } from '../capabilities/serving/index.ts'
import type { Platform } from './platform.ts'
import { factsOfWorkspace } from './training-facts.ts'

/** What people ask for by hand, from the page and the command line. */
export interface Commands {
  readonly retrain: (model: string, reason: string | null) => Promise<Decision>
  readonly setPaused: (model: string, paused: boolean) => Promise<void>
  readonly cancelRun: (id: string) => Promise<PipelineRun>
  readonly register: (model: string, path: string | null) => Promise<ModelVersion>
  readonly promote: (asking: Promotion) => Promise<Promoted>
  readonly rollback: (
    model: string,
    version: number | null,
    reason: string | null,
  ) => Promise<Endpoint>
}

export interface Promotion {
  readonly model: string
  /** The newest when null. */
  readonly version: number | null
  readonly reason: string | null
  /** Past the gate. */
  readonly force: boolean
}

export interface Promoted {
  readonly sentence: string
  readonly verdict: 'passed' | 'failed' | 'inconclusive' | null
  readonly gateId: string | null
}

export function createCommands(platform: Platform): Commands {
  const { foundation } = platform
  return {
    retrain: (model, reason) => retrain(platform, model, reason),
    setPaused: async (model, paused) => {
      requireModel(platform, model)
      await foundation.database.transaction((tx) => setPaused(tx, model, paused))
    },
    cancelRun: (id) => {
      const { database, clock, stateDir, events } = foundation
      return cancelPipeline({ database, clock, stateDir, publish: events.publish }, id)
    },
    register: (model, path) => register(platform, model, path),
    promote: (asking) => promote(platform, asking),
    rollback: (model, version, reason) => bringBack(platform, { model, version, reason }),
  }
}

function requireModel({ foundation }: Platform, model: string) {
  const policy = foundation.project.models[model]
  if (policy !== undefined) return policy
  throw automationErrors.MODEL_UNKNOWN({ detail: `"${model}"`, path: `models.${model}` })
}

// A model that names no triggers may still be trained by hand.
const BY_HAND: RetrainPolicy = { on: [], cooldown: 0 }

async function retrain(platform: Platform, model: string, reason: string | null) {
  const { train, retrain: policy, monitor } = requireModel(platform, model)
  if (train === undefined)
    throw automationErrors.MODEL_NOT_TRAINABLE({
      detail: `"${model}"`,
      path: `models.${model}.train`,
    })
  const { clock } = platform.foundation
  const decision = await considerRetraining(platform.loop.retraining, {
    model,
    train,
    retrain: policy ?? BY_HAND,
    labelDelay: monitor?.label_delay ?? 0,
    trigger: 'manual',
    evidence: { asked: reason },
    causedBy: null,
    key: createId('dec', clock.now()),
  })
  platform.wake()
  return refuseUnlessStarted(decision)
}

async function register(platform: Platform, model: string, path: string | null) {
  const { foundation } = platform
  const { train } = requireModel(platform, model)
  const file = path ?? train?.model
  if (file === undefined)
    throw automationErrors.MODEL_NOT_TRAINABLE({
      detail: `ratchet.yaml has no models.${model}.train.model`,
      path: 'path',
      next: 'Name the file with --from.',
    })
  const modelPath = isAbsolute(file) ? file : join(foundation.projectRoot, file)
  await inspectModel(modelPath).catch((error: unknown) => {
    throw error instanceof RatchetError ? naming(file, error) : error
  })
  const facts = train === undefined ? {} : await factsOfWorkspace(foundation, train)
  return foundation.registry.createVersion({ model, modelPath, ...facts })
}

// The model's process knows the model, not what its user calls the file.
function naming(path: string, error: RatchetError): RatchetError {
  return new RatchetError(error.code, error, { detail: error.detail, path, cause: error })
}

async function promote(platform: Platform, asking: Promotion): Promise<Promoted> {
  const { model, force } = asking
  requireModel(platform, model)
  const [newest] = await platform.foundation.registry.listVersions(model)
  const version = asking.version ?? newest?.version
  if (version === undefined)
    throw automationErrors.MODEL_UNKNOWN({
      detail: `"${model}" has no version`,
      next: `Register one with \`ratchet register ${model}\`.`,
    })
  if (force) return promoteUngated(platform, { ...asking, version })
  const gate = await gateVersion(platform.loop.reactions, {
    model,
    version,
    causedBy: null,
    key: createId('gate', platform.foundation.clock.now()),
  })
  platform.wake()
  const { verdict, sentence } = gate.report
  return { verdict, sentence, gateId: gate.id }
}

async function promoteUngated(
  { capabilities, foundation }: Platform,
  { model, version, reason }: Promotion & { readonly version: number },
): Promise<Promoted> {
  const endpoint = endpointOf(model, capabilities.policyOf(model))
  const why = reason ?? 'Promoted by hand, past the gate'
  const known = await findEndpoint(foundation.database.query, endpoint)
  const input = { endpoint, version, reason: why, causedBy: null }
  await (known === null
    ? ensureEndpoint(capabilities.deployments, { ...input, model })
    : switchChampion(capabilities.deployments, input))
  return { verdict: null, sentence: `Version ${version} answers now. ${why}.`, gateId: null }
}

async function bringBack(
  { capabilities }: Platform,
  input: {
    readonly model: string
    readonly version: number | null
    readonly reason: string | null
  },
): Promise<Endpoint> {
  const { model, version, reason } = input
  const endpoint = endpointOf(model, capabilities.policyOf(model))
  const { deployments } = capabilities
  if (version === null)
    return rollback(deployments, { endpoint, reason: reason ?? undefined, causedBy: null })
  const why = reason ?? `Version ${version} was brought back by hand`
  return switchChampion(deployments, { endpoint, version, reason: why, causedBy: null })
}
