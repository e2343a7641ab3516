import { linkOf } from '../links.ts'
import { type Facts, plain, type Teller, type Tellers, type Telling } from './facts.ts'

export const alertTellers: Tellers = {
  'alerts.fired': (facts) => ({ ...alert(facts, 'alert'), severity: 'warning', kind: 'alert' }),
  'alerts.resolved': over,
  'alerts.acknowledged': (facts) => alert(facts, 'the alert was seen by a person'),
}

function alert({ model, text, event }: Facts, what: string): Partial<Telling> {
  const id = text('alert_id') ?? event.subject.replace('alert:', '')
  const rule = text('rule') ?? 'alert'
  return {
    sentence: `${model}: ${what} (${rule}): ${plain(text('summary'))}.`,
    label: rule,
    link: linkOf(id, 'alert'),
  }
}

// What it was about is over, so the alert's summary would say what is no longer true.
function over(facts: Facts): ReturnType<Teller> {
  return {
    ...alert(facts, ''),
    sentence: `${facts.model}: the alert is over (${facts.text('rule') ?? 'alert'}).`,
    severity: 'good',
  }
}
