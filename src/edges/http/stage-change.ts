import { type Reason, reasonText } from '../../capabilities/pipelines/index.ts'
import type { StageChange } from './contract.ts'

/** A reason of a stage, with the sentence that tells it. */
export function toStageChange(reason: Reason): StageChange {
  const { kind, subject, from, to } = reason
  return { kind, subject, from, to, sentence: reasonText(reason) }
}
