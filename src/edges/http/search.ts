import type { FastifyInstance } from 'fastify'
import { listRollouts } from '../../capabilities/deployments/index.ts'
import { listGates } from '../../capabilities/evaluation/index.ts'
import { listAlerts } from '../../capabilities/alerts/index.ts'
import { listRuns } from '../../capabilities/pipelines/index.ts'
import type { Link, SearchResults } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { handle } from './handle.ts'
import { linkOf, modelLink, versionLink } from './links.ts'
import { listVersions } from './model-facts.ts'
import { operations } from './operations.ts'
import { searchTracking } from './search-tracking.ts'
import { searchWorkspace } from './search-workspace.ts'

const MOST_FOUND = 20
const LOOKED_AT = 1000
// Whoever pastes an id wants that thing, also when no list here holds it.
const ID = /^(pred|evt|dec|rpt|job|run|gate|rol|alr|data|fb)_[0-9a-z]{26}$/

interface Candidate {
  readonly title: string
  readonly detail: string | null
  readonly link: Link
  readonly words: string
}

export function registerSearch(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.search, async ({ query }) => search(deps, query.q.trim().toLowerCase()))
}

async function search(deps: ApiDeps, text: string): Promise<SearchResults> {
  if (text === '') return { items: [] }
  const [own, workspace, tracking] = await Promise.all([
    candidates(deps),
    searchWorkspace(deps, text),
    searchTracking(deps, text),
  ])
  const named = own
    .filter(({ words }) => words.includes(text))
    .map(({ title, detail, link }) => ({ title, detail, link }))
  const found = once([...named, ...workspace, ...tracking])
    .toSorted((a, b) => rank(a, text) - rank(b, text))
    .slice(0, MOST_FOUND)
  if (found.length > 0 || !ID.test(text)) return { items: found }
  return { items: [{ title: text, detail: null, link: linkOf(text) }] }
}

/** A version of a model of the loop is one of the registry too. */
function once(found: SearchResults['items']): SearchResults['items'] {
  return [...new Map(found.map((one) => [`${one.link.page} ${one.link.id}`, one])).values()]
}

/** What is called so comes before what begins so, and that before what has it somewhere. */
function rank({ title }: Pick<Candidate, 'title'>, text: string): number {
  const lower = title.toLowerCase()
  if (lower === text) return 0
  return lower.startsWith(text) ? 1 : 2
}

async function candidates(deps: ApiDeps): Promise<readonly Candidate[]> {
  const { query } = deps.database
  const names = Object.keys(deps.project().models)
  const [versions, rollouts, gates, alerts, runs] = await Promise.all([
    Promise.all(names.map((name) => listVersions(deps, name))),
    listRollouts(query, { limit: LOOKED_AT }),
    listGates(query, { limit: LOOKED_AT }),
    listAlerts(query, { limit: LOOKED_AT }),
    listRuns(query, { limit: LOOKED_AT }),
  ])
  return [
    ...names.map((name) =>
      candidate(name, { title: name, detail: 'model', link: modelLink(name) }),
    ),
    ...versions.flat().map(({ model, version, dataMd5, gitCommit }) => {
      const id = `${model}/${version}`
      return candidate(`${id} ${dataMd5 ?? ''} ${gitCommit ?? ''}`, {
        title: id,
        detail: 'version',
        link: versionLink(model, version),
      })
    }),
    ...rollouts.map(({ id, model, version, state }) =>
      candidate(id, { title: `Rollout of ${model} ${version}`, detail: state, link: linkOf(id) }),
    ),
    ...gates.map(({ id, model, challenger, report }) =>
      candidate(id, {
        title: `Gate of ${model} ${challenger}`,
        detail: report.verdict,
        link: linkOf(id),
      }),
    ),
    ...alerts.map(({ id, model, rule, state }) =>
      candidate(id, { title: `Alert ${rule} of ${model}`, detail: state, link: linkOf(id) }),
    ),
    ...runs.map(({ id, model, status }) =>
      candidate(id, { title: `Run of ${model}`, detail: status, link: linkOf(id) }),
    ),
  ]
}

function candidate(words: string, shown: Omit<Candidate, 'words'>): Candidate {
  return { ...shown, words: `${words} ${shown.title}`.toLowerCase() }
}
