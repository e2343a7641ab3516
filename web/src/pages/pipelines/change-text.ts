import type { StageChange } from '../../../../src/edges/http/contract.ts'
import { changedPart } from '../../parts/changed-part.ts'

/** Characters of a command that stay around what changed in it. */
const AROUND = 24

/** Commands are long, and what changed in one is a word: that, with a little of what stands around it. */
export function pieceOf(value: string, other: string): string {
  const { before, own, after } = changedPart(value, other)
  const head = before.length > AROUND ? `…${before.slice(-AROUND)}` : before
  const tail = after.length > AROUND ? `${after.slice(0, AROUND)}…` : after
  return `${head}${own}${tail}`
}

/** Why a stage would run or ran, short enough for a line of a table. */
export function briefOf(change: StageChange): string {
  return change.kind === 'command' ? 'its command changed' : change.sentence
}
