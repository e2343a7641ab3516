import type {
  CheckReportList,
  DataDiff,
  DataOverlay,
  DataSetDetail,
  DataSetList,
  RemoteStanding,
} from '../../../src/edges/http/contract.ts'
import { resource } from './queries.ts'
import { queryOf } from './tracking-queries.ts'

/** Two versions of a data set by their hashes; without `to`, the workspace. */
export interface Compared {
  readonly path: string
  readonly from: string
  readonly to?: string | undefined
}

/** What the page Data asks of the server. */
export const dataQueries = {
  sets: () => resource<DataSetList>('/data'),
  set: (path: string) => resource<DataSetDetail>(`/data/set${queryOf({ path })}`),
  diff: (compared: Compared) => resource<DataDiff>(`/data/diff${queryOf({ ...compared })}`),
  overlay: (compared: Compared, column: string) =>
    resource<DataOverlay>(`/data/overlay${queryOf({ ...compared, column })}`),
  reports: (path: string) => resource<CheckReportList>(`/data/reports${queryOf({ path })}`),
  remote: () => resource<RemoteStanding>('/data/remote'),
}
