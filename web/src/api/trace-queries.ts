import type { Trace, TraceList } from '../../../src/edges/http/contract.ts'
import { resource } from './queries.ts'
import { queryOf } from './tracking-queries.ts'

export interface TracesAsked {
  readonly text?: string | undefined
  readonly state?: string | undefined
  readonly experiment?: string | undefined
  readonly run?: string | undefined
}

const MOST = 500

/** What the page Traces asks of the server. */
export const traceQueries = {
  traces: (asked: TracesAsked, size = MOST) =>
    resource<TraceList>(`/traces${queryOf({ ...asked, page_size: size })}`),
  trace: (id: string) => resource<Trace>(`/traces/${encodeURIComponent(id)}`),
}
