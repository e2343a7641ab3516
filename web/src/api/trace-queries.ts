import type { Trace, TraceList } from '../../../src/edges/http/contract.ts'
import { resource } from './queries.ts'
import { queryOf } from './tracking-queries.ts'

export interface TracesAsked {
  readonly text?: string | undefined
  readonly state?: string | undefined
  readonly experiment?: string | undefined
}

/** What the page Traces asks of the server. */
export const traceQueries = {
  traces: (asked: TracesAsked) =>
    resource<TraceList>(`/traces${queryOf({ ...asked, page_size: 500 })}`),
  trace: (id: string) => resource<Trace>(`/traces/${encodeURIComponent(id)}`),
}
