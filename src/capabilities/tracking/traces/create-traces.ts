import type { KeyValue } from '../schema.ts'
import type { TrackingDeps } from '../deps.ts'
import type { Page } from '../filter/page.ts'
import type { AnswerText } from '../reading/answer-text.ts'
import { createReads } from '../reading/reads.ts'
import * as assessments from './assessments.ts'
import * as reading from './reading.ts'
import type { AssessmentChange, NewAssessment, NewTrace, TraceInfo } from './schema.ts'
import type { TraceSearch } from './search.ts'
import { logSpans, type SpanBatch } from './spans.ts'
import { deleteTraceTag, setTraceTag } from './trace-tags.ts'
import * as traces from './traces.ts'

export type Traces = ReturnType<typeof createTraces>

/** What programs tell of single requests: spans, what was said of them, and the search over them. */
export function createTraces(deps: TrackingDeps) {
  const { database } = deps
  const { query } = database
  const { read, write } = deps.reads ?? createReads(deps)
  return {
    start: (trace: NewTrace) => traces.startTrace(deps, trace),
    begin: (begun: Parameters<typeof traces.beginTrace>[1]) => traces.beginTrace(deps, begun),
    end: (id: string, end: traces.TraceEnd) => traces.endTrace(deps, id, end),
    logSpans: (batch: SpanBatch) => logSpans(deps, batch),
    getInfo: (id: string) => traces.getTraceInfo(query, id),
    listInfos: (ids: readonly string[]) => traces.listTraceInfos(query, ids),
    get: (id: string, allowPartial: boolean) => reading.getTrace(query, id, allowPartial),
    list: (ids: readonly string[]) => reading.listTraces(query, ids),
    data: (id: string) => reading.traceData(query, id),
    search: (search: TraceSearch) => read('searchTraces', search),
    /** The answer to a search as an edge sends it. */
    writeSearch: (text: AnswerText<Page<TraceInfo>>, search: TraceSearch) =>
      write(text, 'searchTraces', search),
    remove: (asked: traces.TraceDeletion) => traces.deleteTraces(deps, asked),
    setTag: (id: string, tag: KeyValue) => setTraceTag(deps, id, tag),
    deleteTag: (id: string, key: string) => deleteTraceTag(deps, id, key),
    linkToRun: (ids: readonly string[], runId: string) =>
      database.transaction((tx) => traces.linkToRun(tx, ids, runId)),
    listRootNames: (ids: readonly string[]) => traces.listRootNames(query, ids),
    listRunLinks: (ids: readonly string[]) => traces.listRunLinks(query, ids),
    linkPrompts: (id: string, prompts: readonly string[]) =>
      database.transaction((tx) => traces.linkPrompts(tx, id, prompts)),
    createAssessment: (traceId: string, assessment: NewAssessment) =>
      assessments.createAssessment(deps, traceId, assessment),
    getAssessment: (traceId: string, id: string) => assessments.getAssessment(query, traceId, id),
    updateAssessment: (traceId: string, id: string, change: AssessmentChange) =>
      assessments.updateAssessment(deps, { traceId, id }, change),
    deleteAssessment: (traceId: string, id: string) =>
      assessments.deleteAssessment(deps, traceId, id),
  }
}
