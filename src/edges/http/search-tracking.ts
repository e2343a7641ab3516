import type { SearchResults } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { versionLink } from './links.ts'

type Found = SearchResults['items'][number]
type Deps = Pick<ApiDeps, 'tracking' | 'registry'>

const MOST_EXPERIMENTS = 10_000
const MOST_MODELS = 1000
const MOST_RUNS = 5
const RUN_ID = /^[0-9a-f]{32}$/
/** `churn/3`, `churn v3`. */
const VERSION = /^(.+?)(?:\/| v)(\d{1,9})$/

/** Experiments, registered models and their versions, and runs whose name or id matches; the text is in small letters. */
export async function searchTracking(deps: Deps, text: string): Promise<readonly Found[]> {
  const { tracking, registry } = deps
  if (RUN_ID.test(text)) return findRun(deps, text)
  const [experiments, models] = await Promise.all([
    tracking.searchExperiments({ maxResults: MOST_EXPERIMENTS }),
    registry.searchModels({ maxResults: MOST_MODELS }),
  ])
  const ids = experiments.items.map(({ id }) => id)
  return [
    ...experiments.items
      .filter(({ name }) => name.toLowerCase().includes(text))
      .map(({ id, name }) => found(name, 'experiment', { page: 'experiment', id })),
    ...models.items
      .filter(({ name }) => name.toLowerCase().includes(text))
      .map(({ name }) => found(name, 'registered model', { page: 'registry', id: name })),
    ...(await findVersion(deps, models.items, text)),
    ...(await findRuns(deps, ids, text)),
  ]
}

async function findVersion(
  { registry }: Deps,
  models: readonly { readonly name: string }[],
  text: string,
): Promise<readonly Found[]> {
  const [, asked, number] = VERSION.exec(text) ?? []
  const model = models.find(({ name }) => name.toLowerCase() === asked)?.name
  if (model === undefined) return []
  const version = await registry.getVersion(model, Number(number)).catch(() => null)
  return version === null
    ? []
    : [
        {
          title: `${model}/${number}`,
          detail: 'version',
          link: versionLink(model, version.version),
        },
      ]
}

async function findRun({ tracking }: Deps, id: string): Promise<readonly Found[]> {
  const run = await tracking.getRunInfo(id).catch(() => null)
  return run === null ? [] : [found(run.name, 'run', { page: 'run', id })]
}

async function findRuns(
  { tracking }: Deps,
  experimentIds: readonly string[],
  text: string,
): Promise<readonly Found[]> {
  const pattern = `%${text.replaceAll("'", "''")}%`
  const { rows } = await tracking.readRunWindow({
    experimentIds,
    filter: `attributes.run_name ILIKE '${pattern}'`,
    offset: 0,
    limit: MOST_RUNS,
    columns: [],
  })
  return rows.map(({ id, name }) => found(name, 'run', { page: 'run', id }))
}

function found(
  title: string,
  detail: string,
  link: { readonly page: 'run' | 'experiment' | 'registry'; readonly id: string },
): Found {
  return { title, detail, link: { ...link, label: detail } }
}
