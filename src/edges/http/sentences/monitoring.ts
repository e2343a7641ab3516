import { linkOf } from '../links.ts'
import { isHigherBetter } from '../metric.ts'
import type { Facts, Tellers, Telling } from './facts.ts'

export const monitoringTellers: Tellers = { 'monitoring.checked': check }

function check({ event, model, text, number }: Facts): Partial<Telling> | null {
  const link = linkOf(text('report_id') ?? event.id, 'evidence')
  if (text('quality') === 'degraded') {
    const [value, limit] = [number('estimate'), number('limit')]
    const word = isHigherBetter(text('metric')) ? 'below' : 'above'
    const sentence =
      value === null || limit === null
        ? `${model}: quality is worse than its guard allows.`
        : `${model}: ${metricName(text('metric'))} ${figure(value)}, ${word} its guard of ${figure(limit)}.`
    return { sentence, severity: 'warning', link }
  }
  if (text('drift') !== 'drifted') return null
  const drifted = event.data.drifted
  const names =
    Array.isArray(drifted) && drifted.length > 0 ? drifted.map(String).join(', ') : 'data'
  return {
    sentence: `${model}: ${names} drifted from what the champion learned.`,
    severity: 'warning',
    link,
  }
}

function metricName(metric: string | null): string {
  return metric === null || metric === 'mae' ? 'error' : metric
}

/** Four digits are more than anyone reads. */
function figure(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)))
}
