import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Query } from '../../../storage/database/port.ts'
import type { TrackingDeps } from '../deps.ts'
import { numbersOf } from '../search-runs.ts'
import { type AnswerText, joinPieces } from './answer-text.ts'
import { type Asked, createLongReads, type Found, type Verb } from './long-reads.ts'
import { createReader } from './reader.ts'

/** Long reads, each done where it holds nobody up: here while there is little to look at, else in a thread of its own. */
export interface Reads {
  readonly read: <V extends Verb>(verb: V, asked: Asked<V>) => Promise<Found<V>>
  /** The answer as an edge writes it, in UTF-8, ready to be sent. */
  readonly write: <V extends Verb>(
    text: AnswerText<Found<V>>,
    verb: V,
    asked: Asked<V>,
  ) => Promise<Uint8Array>
}

/** With so many runs or points a read takes about a millisecond. */
const THREAD_FROM: Length = { runs: 1000, points: 2000 }

export function createReads({ database, threadFrom = THREAD_FROM }: TrackingDeps): Reads {
  const { query, following } = database
  const here = createLongReads({ database, columns: null })
  if (following === undefined)
    return {
      read: (verb, asked) => here[verb](asked),
      write: async (text, verb, asked) => joinPieces(text.write(await here[verb](asked))),
    }
  const thread = createReader(following)
  const isLong = longOnes(query, threadFrom)
  return {
    read: async (verb, asked) =>
      (await isLong[verb](asked)) ? thread.ask(verb, asked) : here[verb](asked),
    write: async (text, verb, asked) =>
      (await isLong[verb](asked))
        ? thread.write(verb, asked, text)
        : joinPieces(text.write(await here[verb](asked))),
  }
}

type Length = NonNullable<TrackingDeps['threadFrom']>
type LongOnes = { readonly [V in Verb]: (asked: Asked<V>) => Promise<boolean> }

function longOnes(query: Query, from: Length): LongOnes {
  const runs = (ids: readonly string[]) => hasManyRuns(query, numbersOf(ids), from.runs)
  const points = (runIds: readonly string[], key: string) =>
    hasManyPoints(query, { runIds, key }, from.points)
  return {
    searchRuns: ({ experimentIds }) => runs(experimentIds),
    readRunWindow: ({ experimentIds }) => runs(experimentIds),
    groupRuns: ({ experimentIds }) => runs(experimentIds),
    countRuns: () => hasManyInAll(query, from.runs),
    listKeys: runs,
    history: ({ runId, key }) => points([runId], key),
    historyRows: ({ runId, key }) => points([runId], key),
    historyBulk: ({ runIds, key }) => points(runIds, key),
    historySteps: ({ runIds, key }) => points(runIds, key),
    historyInterval: ({ runIds, key }) => points(runIds, key),
  }
}

const MOST_NAMED = 1000

async function hasManyRuns(query: Query, experiments: readonly number[], from: number) {
  if (experiments.length === 0) return false
  if (experiments.length > MOST_NAMED) return true
  const sql = `select count(*) as n from (select 1 from tracking_runs
    where experiment_id in (${placeholders(experiments.length)}) limit ?) as some`
  const [row] = await directOf(query).all<{ n: number }>(sql, [...filled(experiments), from])
  return (row?.n ?? 0) >= from
}

async function hasManyInAll(query: Query, from: number): Promise<boolean> {
  const sql = 'select count(*) as n from (select 1 from tracking_runs limit ?) as some'
  const [row] = await directOf(query).all<{ n: number }>(sql, [from])
  return (row?.n ?? 0) >= from
}

interface Histories {
  readonly runIds: readonly string[]
  readonly key: string
}

async function hasManyPoints(query: Query, { runIds, key }: Histories, from: number) {
  if (runIds.length === 0) return false
  if (runIds.length > MOST_NAMED) return true
  const sql = `select sum(series.logged) as n from tracking_runs as run
    join tracking_series as series on series.run = run.seq
      and series.key = (select id from tracking_keys where key = ?)
    where run.id in (${placeholders(runIds.length)})`
  const [row] = await directOf(query).all<{ n: number | null }>(sql, [key, ...filled(runIds)])
  return (row?.n ?? 0) >= from
}
