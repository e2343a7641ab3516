import * as contract from '../contract.ts'
import { get, identified } from '../operation.ts'

/** Single requests that programs traced. */
export const traceOperations = {
  traces: get('/traces', 'Traces, the newest first', {
    answer: contract.traceListSchema,
    query: contract.traceQuerySchema,
  }),
  trace: get('/traces/{id}', 'A trace with its steps', {
    answer: contract.traceSchema,
    params: identified,
  }),
} as const
