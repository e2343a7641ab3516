import type { RestCalls, Wire } from './calls.ts'
import {
  type Experiment,
  type Page,
  tagList,
  type Tags,
  toExperiment,
  toPage,
  type ViewType,
} from './shapes.ts'
import { ClientError } from './transport.ts'

export interface NewExperiment {
  readonly artifactLocation?: string
  readonly tags?: Tags
}
export interface Search {
  readonly filterString?: string
  readonly orderBy?: readonly string[]
  readonly maxResults?: number
  readonly pageToken?: string
}
export interface LifecycleSearch extends Search {
  readonly viewType?: ViewType
}

export function experimentCalls(rest: RestCalls) {
  return {
    /** @returns its id. @throws ClientError RESOURCE_ALREADY_EXISTS, also when a deleted one has the name */
    createExperiment: async (name: string, options: NewExperiment = {}): Promise<string> => {
      const { artifactLocation, tags } = options
      const body = { name, artifact_location: artifactLocation, tags: tagList(tags) }
      return String((await rest.make('experiments/create', body))['experiment_id'])
    },
    getExperiment: async (experimentId: string): Promise<Experiment> =>
      one(await rest.read('experiments/get', { experiment_id: experimentId })),
    /** Null when there is none. */
    getExperimentByName: async (name: string): Promise<Experiment | null> => {
      try {
        return one(await rest.read('experiments/get-by-name', { experiment_name: name }))
      } catch (error) {
        if (error instanceof ClientError && error.code === 'RESOURCE_DOES_NOT_EXIST') return null
        throw error
      }
    },
    searchExperiments: async (search: LifecycleSearch = {}): Promise<Page<Experiment>> => {
      const body = { max_results: 1000, ...searchBody(search) }
      return toPage(await rest.ask('experiments/search', body), 'experiments', toExperiment)
    },
    renameExperiment: async (experimentId: string, newName: string): Promise<void> => {
      await rest.set('experiments/update', { experiment_id: experimentId, new_name: newName })
    },
    deleteExperiment: async (experimentId: string): Promise<void> => {
      await rest.make('experiments/delete', { experiment_id: experimentId })
    },
    restoreExperiment: async (experimentId: string): Promise<void> => {
      await rest.make('experiments/restore', { experiment_id: experimentId })
    },
    setExperimentTag: async (experimentId: string, key: string, value: string): Promise<void> => {
      await rest.set('experiments/set-experiment-tag', { experiment_id: experimentId, key, value })
    },
  }
}

export function searchBody({
  filterString,
  orderBy,
  maxResults,
  pageToken,
  viewType,
}: LifecycleSearch) {
  return {
    ...(filterString === undefined ? {} : { filter: filterString }),
    ...(orderBy === undefined ? {} : { order_by: orderBy }),
    ...(maxResults === undefined ? {} : { max_results: maxResults }),
    ...(pageToken === undefined ? {} : { page_token: pageToken }),
    ...(viewType === undefined ? {} : { view_type: viewType, run_view_type: viewType }),
  }
}

function one(wire: Wire): Experiment {
  return toExperiment((wire['experiment'] ?? {}) as Wire)
}
