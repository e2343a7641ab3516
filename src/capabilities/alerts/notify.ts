import { errorMessage } from '../../base/errors.ts'
import type { JobHandler } from '../../jobs/index.ts'
import { type AlertsDeps, NOTIFY } from './alerts.ts'
import { alertErrors } from './errors.ts'
import { plainMessage, slackMessage } from './messages.ts'
import { receivers, resolvePlaceholders } from './policy.ts'
import type { AlertState } from './schema.ts'
import { findAlert } from './store.ts'

export interface NotifyDeps extends Pick<AlertsDeps, 'database' | 'policyOf'> {
  /** Environment variables that addresses may name. */
  readonly lookup: (name: string) => string | undefined
  /** Real milliseconds that a receiver may take; 10 seconds unless given. */
  readonly timeoutMs?: number | undefined
}

interface NotifyPayload {
  readonly alert_id: string
  readonly state: AlertState
  readonly place: number
}

/**
 * Sends one message to one receiver of the policy; the job's retries are its retries. The address is looked up when it is
 * sent, so that no secret lies in the queue and a receiver that was taken out hears nothing more.
 */
export function notifyHandler(deps: NotifyDeps): JobHandler {
  return {
    kind: NOTIFY,
    run: async (job, { signal }) => {
      const { alert_id, state, place } = job.payload as unknown as NotifyPayload
      const alert = await findAlert(deps.database.query, alert_id)
      if (alert === null) return
      const receiver = receivers(deps.policyOf(alert.model)).find((one) => one.place === place)
      if (receiver === undefined) return
      const url = addressOf(receiver.url, deps.lookup)
      const message =
        receiver.to === 'slack' ? slackMessage(alert, state) : plainMessage(alert, state)
      const timeout = AbortSignal.timeout(deps.timeoutMs ?? 10_000)
      await post(url, JSON.stringify(message), AbortSignal.any([signal, timeout]))
    },
  }
}

function addressOf(text: string, lookup: NotifyDeps['lookup']): string {
  const resolved = resolvePlaceholders(text, lookup)
  if (!resolved.ok) throw alertErrors.ALERT_RECEIVER_UNSET({ detail: `\${${resolved.missing}}` })
  return resolved.text
}

// The host alone is named in errors: a webhook's path is its password.
async function post(url: string, body: string, signal: AbortSignal): Promise<void> {
  const host = URL.canParse(url) ? new URL(url).host : 'an address that is none'
  const headers = { 'content-type': 'application/json' }
  // A redirect could lead anywhere; only the address of the policy is meant.
  const request = { method: 'POST', headers, body, signal, redirect: 'error' } as const
  const answer = await fetch(url, request).catch((cause: unknown) => {
    throw alertErrors.ALERT_NOT_DELIVERED({ detail: `${host}: ${errorMessage(cause)}`, cause })
  })
  await answer.body?.cancel()
  if (!answer.ok)
    throw alertErrors.ALERT_NOT_DELIVERED({ detail: `${host} answered ${answer.status}` })
}
