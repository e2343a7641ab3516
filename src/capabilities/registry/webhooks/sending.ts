import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { errorMessage } from '../../../base/errors.ts'
import { http } from '../../../base/http-library.ts'
import { registryErrors } from '../errors.ts'
import { isPublicAddress } from './addresses.ts'
import type { WebhookSettings } from './schema.ts'

export interface Message {
  readonly url: string
  /** The same at each try, so that a receiver knows what it has seen. */
  readonly deliveryId: string
  readonly body: string
  readonly secret: string | null
  /** Real time: receivers refuse what is old. */
  readonly sentAt: number
}

export interface Answer {
  readonly status: number
  /** Its beginning. */
  readonly body: string
  readonly retryAfterMs: number | null
}

const MOST_CHARACTERS = 64 * 1024

/** Over `{delivery id}.{seconds}.{body}`: mlflow/webhooks/delivery.py, 3.17. */
export function signatureOf(secret: string, signed: string): string {
  return `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`
}

/**
 * One POST. Redirects are not followed, and the address that is connected to is the one that was judged: a name that
 * answers differently the second time it is asked for gains nothing.
 * @throws REGISTRY_WEBHOOK_FORBIDDEN (an address inside), REGISTRY_WEBHOOK_UNREACHABLE
 */
export async function send(
  message: Message,
  settings: WebhookSettings,
  signal?: AbortSignal,
): Promise<Answer> {
  const { url, deliveryId, body, secret } = message
  const target = new URL(url)
  const seconds = String(Math.floor(message.sentAt / 1000))
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': 'ratchet',
    'X-MLflow-Delivery-Id': deliveryId,
    'X-MLflow-Timestamp': seconds,
    ...(secret === null
      ? {}
      : { 'X-MLflow-Signature': signatureOf(secret, `${deliveryId}.${seconds}.${body}`) }),
  }
  if (!settings.allowPrivateAddresses) refuseLiteral(target.hostname)
  const timeout = AbortSignal.timeout(settings.timeoutMs)
  const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    return await exchange(target, { headers, body, signal: until, lookup: guarded(settings) })
  } catch (cause) {
    const within = (cause as { code?: unknown }).code
    if (within === 'REGISTRY_WEBHOOK_FORBIDDEN') throw cause
    // The host alone is named: the path of a webhook is often its password.
    const detail = `${target.host}: ${errorMessage(cause)}`
    throw registryErrors.REGISTRY_WEBHOOK_UNREACHABLE({ detail, cause })
  }
}

interface Exchange {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
  readonly lookup: LookupFunction
}

function exchange(target: URL, { body, ...options }: Exchange): Promise<Answer> {
  const request = target.protocol === 'https:' ? requestHttps : http.request
  return new Promise((resolve, reject) => {
    const asked = request(target, { method: 'POST', agent: false, ...options }, (answer) => {
      readAnswer(answer).then(resolve, reject)
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

async function readAnswer(answer: IncomingMessage): Promise<Answer> {
  answer.setEncoding('utf8')
  let body = ''
  for await (const part of answer) {
    body += String(part)
    if (body.length > MOST_CHARACTERS) break
  }
  answer.destroy()
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN)
  return {
    status: answer.statusCode ?? 0,
    body: body.slice(0, MOST_CHARACTERS),
    retryAfterMs: Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : null,
  }
}

// A name is judged where it is resolved for the connection itself; a literal address is never resolved.
function refuseLiteral(hostname: string): void {
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw forbidden(hostname, literal)
}

function guarded({ allowPrivateAddresses }: WebhookSettings): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, [])
      const inside = found.find(({ address }) => !isPublicAddress(address))
      if (inside !== undefined && !allowPrivateAddresses)
        return done(forbidden(hostname, inside.address), [])
      const [first] = found
      return options.all === true || first === undefined
        ? done(null, found)
        : done(null, first.address, first.family)
    })
  }
}

function forbidden(hostname: string, address: string): Error {
  return registryErrors.REGISTRY_WEBHOOK_FORBIDDEN({ detail: `${hostname} is ${address}` })
}
