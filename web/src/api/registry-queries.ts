import type {
  History,
  Passport,
  RegisteredModel,
  RegisteredModelList,
  RegisteredVersionList,
} from '../../../src/edges/http/contract.ts'
import { resource } from './queries.ts'

const segment = encodeURIComponent

/** What the page Registry asks of the server. */
export const registryQueries = {
  models: () => resource<RegisteredModelList>('/registry?page_size=1000'),
  model: (name: string) => resource<RegisteredModel>(`/registry/${segment(name)}`),
  versions: (name: string) =>
    resource<RegisteredVersionList>(`/registry/${segment(name)}/versions?page_size=1000`),
  passport: (name: string, version: string) =>
    resource<Passport>(`/registry/${segment(name)}/versions/${segment(version)}`),
  history: (name: string) => resource<History>(`/models/${segment(name)}/history?page_size=1000`),
}
