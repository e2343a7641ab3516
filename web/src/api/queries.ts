import { queryOptions } from '@tanstack/react-query'
import type {
  AlertList,
  EventList,
  Gate,
  GateList,
  JobList,
  Model,
  ModelList,
  Rollout,
  RolloutList,
  SearchResults,
  Status,
  Timeline,
  VersionList,
  Why,
} from '../../../src/edges/http/contract.ts'
import { read } from './client.ts'

const segment = encodeURIComponent

function between({ from, to }: { from?: string; to?: string }): string {
  if (from === undefined || to === undefined) return ''
  return `?from=${from}T00:00:00.000Z&to=${to}T00:00:00.000Z`
}

export function resource<Body>(path: string) {
  return queryOptions({
    queryKey: [path],
    queryFn: ({ signal }) => read<Body>(path, signal),
  })
}

/** Every question that the page asks of the server. */
export const queries = {
  status: () => resource<Status>('/status'),
  models: () => resource<ModelList>('/models'),
  model: (name: string) => resource<Model>(`/models/${segment(name)}`),
  /** Days; a shorter stretch comes in finer windows. Without them, the whole history. */
  timeline: (name: string, days: { from?: string; to?: string }) =>
    resource<Timeline>(`/models/${segment(name)}/timeline${between(days)}`),
  versions: (name: string) =>
    resource<VersionList>(`/models/${segment(name)}/versions?page_size=1000`),
  gates: () => resource<GateList>('/gates?page_size=1000'),
  gate: (id: string) => resource<Gate>(`/gates/${segment(id)}`),
  rollouts: () => resource<RolloutList>('/rollouts?page_size=1000'),
  rollout: (id: string) => resource<Rollout>(`/rollouts/${segment(id)}`),
  alerts: () => resource<AlertList>('/alerts?page_size=1000'),
  jobs: () => resource<JobList>('/jobs?page_size=1000'),
  events: (limit: number) => resource<EventList>(`/events?limit=${limit}`),
  why: (id: string) => resource<Why>(`/why/${segment(id)}`),
  search: (q: string) => resource<SearchResults>(`/search?q=${segment(q)}`),
}
