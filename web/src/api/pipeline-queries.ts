import type { PipelineGraph, Run, RunList, StageLog } from '../../../src/edges/http/contract.ts'
import { read } from './client.ts'
import { resource } from './queries.ts'
import { queryOf } from './tracking-queries.ts'

const segment = encodeURIComponent

/** What the page Pipelines asks of the server. */
export const pipelineQueries = {
  graph: () => resource<PipelineGraph>('/pipelines/graph'),
  runs: () => resource<RunList>('/pipelines/runs?page_size=500'),
  run: (id: string) => resource<Run>(`/pipelines/runs/${segment(id)}`),
}

/** A log grows: each part is asked for from where the last one ended. */
export function readStageLog(
  run: string,
  asked: { readonly stage: string; readonly from: number | undefined },
  signal: AbortSignal,
): Promise<StageLog> {
  return read<StageLog>(`/pipelines/runs/${segment(run)}/log${queryOf({ ...asked })}`, signal)
}
