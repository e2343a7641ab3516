import type { Run } from '../../../../src/edges/http/contract.ts'
import { inWords } from '../../format/numbers.ts'

/** What is the case with a run, in one sentence. */
export function titleOf(run: Run): string {
  const { status, stages } = run
  const failed = stages.find(({ state }) => state === 'failed')
  switch (status) {
    case 'queued':
      return `A run ${placeOf(run)} waits for its turn`
    case 'running':
      return runningTitle(run)
    case 'failed':
      return failed === undefined
        ? `The run ${placeOf(run)} failed`
        : `${failed.stage} failed${run.origin === 'shell' ? ' in a shell' : `, so ${run.model} stays as it is`}`
    case 'cancelled':
      return `The run ${placeOf(run)} was cancelled`
    case 'succeeded':
      return succeededTitle(run)
  }
}

/** `for price`, or where somebody ran it by hand. */
function placeOf({ origin, model }: Run): string {
  return origin === 'shell' ? 'in a shell' : `for ${model}`
}

function runningTitle(run: Run): string {
  if (run.cancel_requested_at !== null) return `The run ${placeOf(run)} is being cancelled`
  const now = run.stages.find(({ state }) => state === 'running')
  return `${now?.stage ?? 'The run'} is running ${placeOf(run)}`
}

function succeededTitle(run: Run): string {
  const ran = run.stages.filter(({ state }) => state === 'ran').length
  const spared = run.stages.length - ran
  return `${inWords(ran, 'stage')} ran ${placeOf(run)}${spared === 0 ? '' : `, ${spared} had not to`}`
}
