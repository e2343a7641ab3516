import type { JsonObject } from '../../base/json.ts'
import { toIso } from '../../base/time.ts'
import type { Alert, AlertState } from './schema.ts'

const TITLES: Readonly<Record<AlertState, string>> = {
  pending: 'Pending',
  firing: 'Firing',
  resolved: 'Resolved',
}

/**
 * What Slack's incoming webhooks take: `text` for notifications, `blocks` for the channel.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackMessage(alert: Alert, state: AlertState): JsonObject {
  const title = `${TITLES[state]}: ${alert.model}, ${alert.rule}`
  const since = toIso(alert.firedAt ?? alert.pendingAt)
  return {
    text: escapeMarkup(`${title}. ${alert.summary}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
      { type: 'section', text: { type: 'mrkdwn', text: escapeMarkup(alert.summary) } },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: escapeMarkup(`${alert.severity} · since ${since} · ratchet why ${alert.id}`),
          },
        ],
      },
    ],
  }
}

/** The alert itself, for programs. */
export function plainMessage(alert: Alert, state: AlertState): JsonObject {
  const { id, model, rule, severity, summary, evidence } = alert
  return {
    alert_id: id,
    model,
    rule,
    state,
    severity,
    summary,
    evidence,
    started_at: toIso(alert.pendingAt),
    fired_at: alert.firedAt === null ? null : toIso(alert.firedAt),
    ended_at: alert.endedAt === null ? null : toIso(alert.endedAt),
  }
}

// Slack reads <…> as links and mentions; a feature's name must not ring the whole channel.
function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .slice(0, 2900)
}
