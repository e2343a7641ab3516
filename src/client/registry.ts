import type { RestCalls, Wire } from './calls.ts'
import { type Search, searchBody } from './experiments.ts'
import {
  type ModelVersion,
  type Page,
  type RegisteredModel,
  tagList,
  type Tags,
  toModelVersion,
  toPage,
  toRegisteredModel,
} from './shapes.ts'

export interface Described {
  readonly description?: string
  readonly tags?: Tags
}
export interface NewModelVersion extends Described {
  readonly runId?: string
  readonly modelId?: string
}

export function registryCalls(rest: RestCalls) {
  return { ...modelCalls(rest), ...versionCalls(rest), ...aliasCalls(rest) }
}

function modelCalls(rest: RestCalls) {
  return {
    createRegisteredModel: async (name: string, options: Described = {}) => {
      const { description, tags } = options
      const body = { name, description, tags: tagList(tags) }
      return model(await rest.make('registered-models/create', body))
    },
    getRegisteredModel: async (name: string): Promise<RegisteredModel> =>
      model(await rest.read('registered-models/get', { name })),
    renameRegisteredModel: async (name: string, newName: string): Promise<RegisteredModel> =>
      model(await rest.make('registered-models/rename', { name, new_name: newName })),
    updateRegisteredModel: async (name: string, description: string): Promise<RegisteredModel> =>
      model(await rest.change('registered-models/update', { name, description })),
    deleteRegisteredModel: async (name: string): Promise<void> => {
      await rest.remove('registered-models/delete', { name })
    },
    searchRegisteredModels: async (search: Search = {}): Promise<Page<RegisteredModel>> => {
      const answer = await rest.read('registered-models/search', searchBody(search))
      return toPage(answer, 'registered_models', toRegisteredModel)
    },
    getLatestVersions: async (name: string, stages: readonly string[] = []) => {
      const answer = await rest.ask('registered-models/get-latest-versions', { name, stages })
      return toPage(answer, 'model_versions', toModelVersion).items
    },
    setRegisteredModelTag: async (name: string, key: string, value: string): Promise<void> => {
      await rest.set('registered-models/set-tag', { name, key, value })
    },
    deleteRegisteredModelTag: async (name: string, key: string): Promise<void> => {
      await rest.remove('registered-models/delete-tag', { name, key })
    },
  }
}

function versionCalls(rest: RestCalls) {
  return {
    /** `source`: `runs:/RUN/path`, `models:/m-…`, or a path below the run's files. */
    createModelVersion: async (name: string, source: string, options: NewModelVersion = {}) => {
      const { runId, modelId, description, tags } = options
      const body = { name, source, run_id: runId, model_id: modelId, description }
      return version(await rest.make('model-versions/create', { ...body, tags: tagList(tags) }))
    },
    getModelVersion: async (name: string, number: string): Promise<ModelVersion> =>
      version(await rest.read('model-versions/get', { name, version: number })),
    updateModelVersion: async (name: string, number: string, description: string) =>
      version(await rest.change('model-versions/update', { name, version: number, description })),
    deleteModelVersion: async (name: string, number: string): Promise<void> => {
      await rest.remove('model-versions/delete', { name, version: number })
    },
    searchModelVersions: async (search: Search = {}): Promise<Page<ModelVersion>> => {
      const answer = await rest.read('model-versions/search', searchBody(search))
      return toPage(answer, 'model_versions', toModelVersion)
    },
    transitionModelVersionStage: async (name: string, number: string, stage: string) =>
      version(await rest.set('model-versions/transition-stage', { name, version: number, stage })),
    getModelVersionDownloadUri: async (name: string, number: string): Promise<string> => {
      const query = { name, version: number }
      const answer = await rest.read('model-versions/get-download-uri', query)
      return String(answer['artifact_uri'])
    },
    setModelVersionTag: async (name: string, number: string, tag: readonly [string, string]) => {
      const [key, value] = tag
      await rest.set('model-versions/set-tag', { name, version: number, key, value })
    },
  }
}

function aliasCalls(rest: RestCalls) {
  return {
    setRegisteredModelAlias: async (name: string, alias: string, number: string) => {
      await rest.set('registered-models/alias', { name, alias, version: number })
    },
    deleteRegisteredModelAlias: async (name: string, alias: string): Promise<void> => {
      await rest.remove('registered-models/alias', { name, alias })
    },
    getModelVersionByAlias: async (name: string, alias: string): Promise<ModelVersion> =>
      version(await rest.read('registered-models/alias', { name, alias })),
  }
}

function model(wire: Wire): RegisteredModel {
  return toRegisteredModel((wire['registered_model'] ?? {}) as Wire)
}

function version(wire: Wire): ModelVersion {
  return toModelVersion((wire['model_version'] ?? {}) as Wire)
}
