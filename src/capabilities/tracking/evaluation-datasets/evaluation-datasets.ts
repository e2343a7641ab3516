import type { TrackingDeps } from '../deps.ts'
import type { Values } from '../schema.ts'
import * as datasets from './datasets.ts'
import { deleteRecords, listRecords, putRecords } from './records.ts'
import type { EvaluationContent, EvaluationSearch, NewEvaluationDataset } from './schema.ts'
import { searchDatasets } from './search.ts'

/** Data to evaluate models by, over one database. */
export function createEvaluationDatasets(deps: TrackingDeps) {
  const { query } = deps.database
  return {
    create: (input: NewEvaluationDataset) => datasets.createDataset(deps, input),
    get: (id: string) => datasets.getDataset(query, id),
    remove: (id: string) => datasets.deleteDataset(deps, id),
    search: (search: EvaluationSearch) => searchDatasets(deps, search),
    setTags: (id: string, tags: Values) => datasets.setDatasetTags(deps, id, tags),
    deleteTag: (id: string, key: string) => datasets.deleteDatasetTag(deps, id, key),
    addTo: (id: string, experimentIds: readonly string[]) =>
      datasets.addToExperiments(deps, id, experimentIds),
    removeFrom: (id: string, experimentIds: readonly string[]) =>
      datasets.removeFromExperiments(deps, id, experimentIds),
    putRecords: (id: string, records: readonly EvaluationContent[]) =>
      putRecords(deps, id, records),
    listRecords: (id: string, asked: Parameters<typeof listRecords>[2]) =>
      listRecords(query, id, asked),
    deleteRecords: (id: string, recordIds: readonly string[]) => deleteRecords(deps, id, recordIds),
  }
}
