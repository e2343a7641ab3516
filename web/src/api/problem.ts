import type { Problem } from '../../../src/edges/http/contract.ts'

/** The server said no, in the words of its table of errors. */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** The page itself broke while it drew an answer: not the server's no, and not the line. */
export class PageFault extends ProblemError {
  constructor(error: unknown) {
    super({
      type: 'about:blank',
      title: 'This page has a fault',
      status: 0,
      code: 'PAGE_FAULT',
      detail: error instanceof Error ? error.message : String(error),
      path: null,
      next: 'Load it again: it may be older than the server. If that does not help, please report it. The models are not affected.',
    })
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
