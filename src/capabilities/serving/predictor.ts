import { RatchetError } from '../../base/errors.ts'
import { createId } from '../../base/ids.ts'
import type { Clock } from '../../base/time.ts'
import { toColumns } from './columns.ts'
import { servingErrors } from './errors.ts'
import type { Fleet, LiveEndpoint } from './fleet.ts'
import { bindInputs, outputProblem } from './inputs.ts'
import type { ModelHost } from './model-host.ts'
import { decideRoute, type Route } from './route.ts'
import { isBystander, type RunResult } from './runtimes/runner.ts'
import type { RoutedRollout } from './schema.ts'
import type { Arm, PredictionRecord, ShadowRecord } from './spool-records.ts'
import type { SpoolWriter } from './spool-writer.ts'
import type { Tensor } from './tensors.ts'

export interface PredictRequest {
  readonly endpoint: string
  /** A version named in the path: that one answers, or the request fails. */
  readonly version: number | null
  /** What the sticky split goes by; the prediction's own id when the caller gives none. */
  readonly key: string | null
  readonly inputs: readonly Tensor[]
}

export interface Prediction {
  readonly id: string
  readonly model: string
  readonly version: number
  readonly arm: Arm
  readonly outputs: readonly Tensor[]
  /** False when the disk refused the record: the champion answers nevertheless. */
  readonly logged: boolean
}

export interface PredictorDeps {
  readonly fleet: Fleet
  readonly spool: SpoolWriter
  readonly clock: Clock
  readonly championTimeoutMs: number
  /** Questions put to a shadow at a time; more are recorded as not asked. */
  readonly maxShadows: number
  observe(record: PredictionRecord | ShadowRecord): void
}

export interface Predictor {
  /**
   * Answers by the champion, or by the rollout's version with the champion behind it; the record is on the
   * disk before this resolves. Throws SERVING_MODEL_NOT_FOUND, _VERSION_NOT_LOADED, _INPUT_MISMATCH, and for
   * the champion _NOT_READY, _TIMEOUT, _RUNNER_DIED, _INFERENCE_FAILED.
   */
  predict(request: PredictRequest): Promise<Prediction>
  /** Waits for the shadows of all requests answered so far. */
  settleShadows(): Promise<void>
}

interface Outcome {
  readonly arm: Arm
  readonly version: number
  readonly result: RunResult
  readonly canaryError: string | null
}

export function createPredictor(deps: PredictorDeps): Predictor {
  const shadows = new Set<Promise<void>>()
  return {
    async predict(request) {
      const endpoint = deps.fleet.endpoint(request.endpoint)
      if (endpoint === undefined) throw unknownModel(request.endpoint)
      const inputs = bindInputs(signatureOf(endpoint.champion).inputs, request.inputs)
      const at = deps.clock.now()
      const id = createId('pred', at)
      const key = request.key ?? id
      const route = decideRoute(endpoint.routed, key)
      const record = recordFor({ endpoint, id, at, key, inputs })
      let outcome: Outcome
      try {
        outcome = await answer(deps, { endpoint, inputs, version: request.version, route })
      } catch (error) {
        const failed = { ...record, status: 'error', error: errorText(error) } as const
        deps.observe(failed)
        await deps.spool.append(JSON.stringify(failed), { keep: true })
        throw error
      }
      const { arm, version, result, canaryError } = outcome
      const full: PredictionRecord = {
        ...record,
        version,
        arm,
        outputs: toColumns(result.outputs),
        ms: result.ms,
        canary_error: canaryError,
      }
      deps.observe(full)
      const logged = await deps.spool.append(JSON.stringify(full), { keep: true })
      if (arm === 'control' && route.arm === 'control' && route.shadow !== null)
        track(
          shadows,
          askShadow(deps, {
            endpoint,
            rollout: route.shadow,
            record: full,
            inputs,
            queued: shadows.size,
          }),
        )
      return { id, model: endpoint.routed.model, version, arm, outputs: result.outputs, logged }
    },
    async settleShadows() {
      await Promise.all(shadows)
    },
  }
}

function track(set: Set<Promise<void>>, work: Promise<void>): void {
  set.add(work)
  void work.finally(() => set.delete(work))
}

function recordFor(known: {
  readonly endpoint: LiveEndpoint
  readonly id: string
  readonly at: number
  readonly key: string
  readonly inputs: readonly Tensor[]
}): PredictionRecord {
  const { name, routed } = known.endpoint
  return {
    kind: 'prediction',
    id: known.id,
    at: known.at,
    endpoint: name,
    model: routed.model,
    version: routed.champion.version,
    arm: 'control',
    key: known.key,
    rollout_id: routed.rollout?.rollout_id ?? null,
    inputs: toColumns(known.inputs),
    outputs: {},
    ms: 0,
    status: 'ok',
    error: null,
    canary_error: null,
    shadow: null,
  }
}

interface Question {
  readonly endpoint: LiveEndpoint
  readonly inputs: readonly Tensor[]
  readonly version: number | null
  readonly route: Route
}

async function answer(deps: PredictorDeps, question: Question): Promise<Outcome> {
  const { endpoint, inputs, version, route } = question
  const champion = endpoint.routed.champion.version
  if (version !== null) return pinned(deps, question, version)
  if (route.arm === 'control') {
    const result = await askChampion(deps, endpoint, inputs)
    return { arm: 'control', version: champion, result, canaryError: null }
  }
  try {
    const result = await askChallenger(endpoint, route.rollout, inputs)
    return { arm: 'canary', version: route.version, result, canaryError: null }
  } catch (error) {
    const result = await askChampion(deps, endpoint, inputs)
    return { arm: 'fallback', version: champion, result, canaryError: errorText(error) }
  }
}

async function pinned(deps: PredictorDeps, question: Question, version: number): Promise<Outcome> {
  const { endpoint, inputs } = question
  const { rollout, champion, model } = endpoint.routed
  if (version === champion.version) {
    const result = await askChampion(deps, endpoint, inputs)
    return { arm: 'pinned', version, result, canaryError: null }
  }
  if (rollout === null || version !== rollout.version)
    throw servingErrors.SERVING_VERSION_NOT_LOADED({
      detail: `${model} has version ${champion.version} loaded${rollout === null ? '' : ` and ${rollout.version}`}, not ${version}`,
    })
  const result = await askChallenger(endpoint, rollout, inputs)
  return { arm: 'pinned', version, result, canaryError: null }
}

/** Asks again after the death of the process: once, and for a request that was not its cause up to three times. */
async function askChampion(
  deps: PredictorDeps,
  { champion }: LiveEndpoint,
  inputs: readonly Tensor[],
): Promise<RunResult> {
  let culprit = 0
  for (let attempt = 1; ; attempt++) {
    try {
      return await champion.run(inputs, deps.championTimeoutMs)
    } catch (error) {
      const died = error instanceof RatchetError && error.code === 'SERVING_RUNNER_DIED'
      if (!isBystander(error)) culprit += 1
      if (!died || culprit > 1 || attempt > 3) throw error
    }
  }
}

/** The new version's answer if it is one that may be given. Never waits longer than the rollout allows. */
async function askChallenger(
  { challenger, challengerProblem, champion }: LiveEndpoint,
  rollout: RoutedRollout,
  inputs: readonly Tensor[],
): Promise<RunResult> {
  const signature = challenger?.signature() ?? null
  if (challenger === null || signature === null || challenger.status().status !== 'ready')
    throw servingErrors.SERVING_NOT_READY({ detail: notReady(challenger) })
  if (challengerProblem !== null)
    throw servingErrors.SERVING_INPUT_MISMATCH({ detail: challengerProblem })
  if (challenger.stalled())
    throw servingErrors.SERVING_TIMEOUT({ detail: 'it is still busy with an earlier request' })
  const own = signature.inputs.flatMap(
    (spec) => inputs.find((tensor) => tensor.name === spec.name) ?? [],
  )
  const result = await challenger.run(own, rollout.timeout_ms)
  const problem = outputProblem(signature, own, result.outputs)
  if (problem !== null) throw servingErrors.SERVING_OUTPUT_INVALID({ detail: problem })
  const promised = signatureOf(champion).outputs
  const outputs = promised.flatMap(
    (spec) => result.outputs.find((tensor) => tensor.name === spec.name) ?? [],
  )
  return { outputs, ms: result.ms }
}

function notReady(challenger: ModelHost | null): string {
  const status = challenger?.status()
  return status !== undefined && 'reason' in status ? status.reason : 'it is not loaded'
}

interface ShadowQuestion {
  readonly endpoint: LiveEndpoint
  readonly rollout: RoutedRollout
  readonly record: PredictionRecord
  readonly inputs: readonly Tensor[]
  readonly queued: number
}

/** Puts the caller's question to the new version after the caller has been answered. Never throws. */
async function askShadow(deps: PredictorDeps, question: ShadowQuestion): Promise<void> {
  const { endpoint, rollout, record, inputs, queued } = question
  // Let the answer leave first.
  await new Promise((resolve) => setImmediate(resolve))
  const base = {
    kind: 'shadow',
    prediction_id: record.id,
    at: record.at,
    endpoint: record.endpoint,
    model: record.model,
    version: rollout.version,
    rollout_id: rollout.rollout_id,
  } as const
  let shadow: ShadowRecord
  try {
    if (queued >= deps.maxShadows)
      throw servingErrors.SERVING_OVERLOADED({ detail: `${queued} shadow questions were waiting` })
    const { outputs, ms } = await askChallenger(endpoint, rollout, inputs)
    shadow = { ...base, outputs: toColumns(outputs), ms, error: null }
  } catch (error) {
    shadow = { ...base, outputs: {}, ms: 0, error: errorText(error) }
  }
  deps.observe(shadow)
  await deps.spool.append(JSON.stringify(shadow), { keep: true })
}

function signatureOf(host: ModelHost) {
  const signature = host.signature()
  if (signature !== null) return signature
  const status = host.status()
  throw servingErrors.SERVING_NOT_READY({
    detail: 'reason' in status ? status.reason : `the model is ${status.status}`,
  })
}

function unknownModel(name: string): RatchetError {
  return servingErrors.SERVING_MODEL_NOT_FOUND({
    detail: `there is no model ${JSON.stringify(name.slice(0, 100))}`,
  })
}

function errorText(error: unknown): string {
  return error instanceof RatchetError ? `${error.code}: ${error.detail}` : String(error)
}
