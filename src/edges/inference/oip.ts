import type { IncomingMessage } from 'node:http'
import {
  servingErrors,
  type LiveEndpoint,
  type Prediction,
} from '../../capabilities/serving/index.ts'
import { json, readBody, requireJson } from './exchange.ts'
import type { GatewayApp, Handler } from './gateway-app.ts'
import { parseBody } from './json-body.ts'
import { LONGEST_KEY, parseOipRequest } from './oip-request.ts'
import { checkOutputs, oipMetadata, oipResponse } from './oip-response.ts'

export const live: Handler = () => json({ live: true })

/** Ready when each endpoint's champion can answer; a gateway without endpoints is ready for them. */
export const ready: Handler = ({ fleet }) => {
  const waiting = [...fleet.endpoints()].filter((endpoint) => !isReady(endpoint))
  const names = waiting.map((endpoint) => endpoint.name)
  return json(
    { ready: names.length === 0, ...(names.length > 0 && { not_ready: names }) },
    names.length === 0 ? 200 : 503,
  )
}

function isReady({ champion }: LiveEndpoint): boolean {
  return champion.status().status === 'ready'
}

export const serverMetadata: Handler = ({ version }) =>
  json({ name: 'ratchet', version, extensions: [] })

export const listModels: Handler = ({ fleet }) =>
  json({ models: [...fleet.endpoints()].map((endpoint) => endpoint.name) })

/** `/v2/models/NAME[/versions/V][/ready]`, GET. */
export const model: Handler = (app, _request, segments) => {
  const { endpoint, version, verb } = resolve(app, segments)
  if (version !== null) requireVersion(endpoint, version)
  if (verb === undefined) return json(oipMetadata(endpoint))
  if (verb !== 'ready') throw noRoute(segments)
  const host =
    version === null || version === endpoint.routed.champion.version
      ? endpoint.champion
      : endpoint.challenger
  const status = host?.status()
  const answers = status?.status === 'ready'
  const reason = status !== undefined && 'reason' in status ? status.reason : undefined
  return json(
    { name: endpoint.name, ready: answers, ...(reason && { reason }) },
    answers ? 200 : 503,
  )
}

/** `/v2/models/NAME[/versions/V]/infer`, POST. */
export const infer: Handler = async (app, request, segments) => {
  requireJson(request)
  // The body first: an error answered before it has been read would break the connection's next request.
  const body = await readBody(request)
  const { endpoint, version, verb } = resolve(app, segments)
  if (verb !== 'infer') throw noRoute(segments)
  const { id, key, inputs, outputs } = parseOipRequest(parseBody(body))
  checkOutputs(endpoint, outputs)
  const prediction = await app.predictor.predict({
    endpoint: endpoint.name,
    version,
    key: key ?? headerKey(request),
    inputs,
  })
  if (!prediction.logged) app.metrics.unlogged()
  return {
    status: 200,
    body: oipResponse(prediction, { name: endpoint.name, id, outputs }),
    headers: predictionHeaders(prediction),
  }
}

export function predictionHeaders(prediction: Prediction): Readonly<Record<string, string>> {
  return {
    'x-ratchet-prediction-id': prediction.id,
    'x-ratchet-model-version': String(prediction.version),
    'x-ratchet-arm': prediction.arm,
    ...(prediction.logged ? {} : { 'x-ratchet-logged': 'false' }),
  }
}

export function headerKey({ headers }: IncomingMessage): string | null {
  const key = headers['x-ratchet-key']
  if (typeof key !== 'string' || key === '') return null
  if (key.length <= LONGEST_KEY) return key
  throw servingErrors.SERVING_REQUEST_INVALID({
    detail: `a key has up to ${LONGEST_KEY} characters`,
    path: 'x-ratchet-key',
  })
}

interface Target {
  readonly endpoint: LiveEndpoint
  readonly version: number | null
  readonly verb: string | undefined
}

/** Of `v2 models NAME [versions V] [verb]`. Throws SERVING_MODEL_NOT_FOUND. */
function resolve(app: GatewayApp, segments: readonly string[]): Target {
  const [, , name = '', ...rest] = segments
  const endpoint = findEndpoint(app, name)
  const pinned = rest[0] === 'versions'
  const [verb, ...surplus] = pinned ? rest.slice(2) : rest
  if (surplus.length > 0) throw noRoute(segments)
  return { endpoint, version: pinned ? parseVersion(rest[1]) : null, verb }
}

export function findEndpoint({ fleet }: GatewayApp, name: string): LiveEndpoint {
  const endpoint = fleet.endpoint(name)
  if (endpoint !== undefined) return endpoint
  throw servingErrors.SERVING_MODEL_NOT_FOUND({
    detail: `there is no model ${JSON.stringify(name.slice(0, 100))}`,
  })
}

function parseVersion(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw servingErrors.SERVING_VERSION_NOT_LOADED({
    detail: `${JSON.stringify((text ?? '').slice(0, 40))} is not the number of a version`,
  })
}

function requireVersion({ routed }: LiveEndpoint, version: number): void {
  if (version === routed.champion.version || version === routed.rollout?.version) return
  throw servingErrors.SERVING_VERSION_NOT_LOADED({ detail: `version ${version} is not loaded` })
}

export function noRoute(segments: readonly string[]) {
  return servingErrors.SERVING_ROUTE_NOT_FOUND({
    detail: `/${segments.join('/').slice(0, 200)} is not a route`,
  })
}
