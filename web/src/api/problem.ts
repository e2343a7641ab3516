import type { Problem } from '../../../src/edges/http/contract.ts'

/** The server said no, in the words of its table of errors. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** What is shown when the answer is no problem document: the control plane is away, or something between is. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  return {
    type: 'about:blank',
    title: 'The control plane does not answer',
    status: 0,
    code: 'CONTROL_PLANE_AWAY',
    detail: error instanceof Error ? error.message : String(error),
    path: null,
    next: 'Models keep answering without it. `ratchet up` starts it; this page goes on by itself.',
  }
}
