export const TRACE_STATES = ['OK', 'ERROR', 'IN_PROGRESS'] as const

/** Which traces are in sight, as the address says. */
export interface TracesView {
  /** What their steps contain. */
  readonly find?: string
  readonly state?: (typeof TRACE_STATES)[number]
  readonly experiment?: string
  /** The run within which they were made. */
  readonly run?: string
}

export function tracesView(raw: Readonly<Record<string, unknown>>): TracesView {
  const { find, experiment, run } = raw
  const state = TRACE_STATES.find((one) => one === raw['state'])
  return {
    ...(typeof find === 'string' && find !== '' ? { find } : {}),
    ...(state === undefined ? {} : { state }),
    ...(typeof run === 'string' && run !== '' ? { run } : {}),
    // The address of an experiment is a number.
    ...(typeof experiment === 'string' || typeof experiment === 'number'
      ? { experiment: String(experiment) }
      : {}),
  }
}

/** What of one trace is in sight. */
export interface TraceView {
  readonly span?: string
}

export function traceView({ span }: Readonly<Record<string, unknown>>): TraceView {
  return typeof span === 'string' && span !== '' ? { span } : {}
}
