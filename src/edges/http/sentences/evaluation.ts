import { linkOf } from '../links.ts'
import { type Facts, plain, type Tellers, type Telling } from './facts.ts'

export const evaluationTellers: Tellers = { 'evaluation.decided': gate }

function gate({ event, model, text, number }: Facts): Partial<Telling> {
  const challenger = number('challenger') ?? '?'
  const champion = number('champion')
  const against = champion === null ? '' : ` against version ${champion}`
  const said = text('sentence')
  // The gate's own sentence begins with the version, which has just been named.
  const tail = said === null ? '.' : `: ${plain(said).replace(/^v\d+ /, 'it ')}.`
  const link = linkOf(text('gate_id') ?? event.id, 'evidence')
  switch (text('verdict')) {
    case 'passed':
      return {
        sentence: `${model}: version ${challenger} passed its gate${against}${tail}`,
        severity: 'good',
        kind: 'gate_passed',
        label: `v${challenger} passed`,
        link,
      }
    case 'failed':
      return {
        sentence: `${model}: version ${challenger} was refused${against}${tail}`,
        severity: 'warning',
        kind: 'gate_refused',
        label: `v${challenger} refused`,
        link,
      }
    default:
      return {
        sentence: `${model}: too little is known to let version ${challenger} answer${tail}`,
        severity: 'warning',
        kind: 'gate_refused',
        label: `v${challenger} undecided`,
        link,
      }
  }
}
