import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Database, Query } from '../../../storage/database/port.ts'
import { numbersOf } from '../search-runs.ts'
import { type AnswerText, joinPieces } from './answer-text.ts'
import type { FarRead } from './far-read.ts'
import { type Asked, createLongReads, type Found, type LongReads, type Verb } from './long-reads.ts'
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
  readonly readFar: <Asked, Found>(far: FarRead<Asked, Found>, asked: Asked) => Promise<Found>
  readonly writeFar: <Asked, Found>(
    text: AnswerText<Found>,
    far: FarRead<Asked, Found>,
    asked: Asked,
  ) => Promise<Uint8Array>
}

export interface ReadsDeps {
  readonly database: Database
  /** From how much on reading is done in a thread of its own; 1,000 runs (or traces, models, versions) and 2,000 points when left out. */
  readonly threadFrom?: Length
}

interface Length {
  readonly runs: number
  readonly points: number
}

/** With so many a read takes about a millisecond. */
const THREAD_FROM: Length = { runs: 1000, points: 2000 }

export function createReads({ database, threadFrom = THREAD_FROM }: ReadsDeps): Reads {
  const { query, following } = database
  const here = createLongReads({ database, columns: null })
  if (following === undefined) return readsHere(database, here)
  const thread = createReader(following)
  const isLong = longOnes(query, threadFrom)
  const near = readsHere(database, here)
  return {
    read: async (verb, asked) =>
      (await isLong[verb](asked)) ? thread.ask(verb, asked) : near.read(verb, asked),
    write: async (text, verb, asked) =>
      (await isLong[verb](asked)) ? thread.write(verb, asked, text) : near.write(text, verb, asked),
    readFar: async <Asked, Found>(far: FarRead<Asked, Found>, asked: Asked) =>
      (await far.isLong(query, asked, threadFrom.runs))
        ? ((await thread.ask('far', questionOf(far, asked))) as Found)
        : near.readFar(far, asked),
    writeFar: async (text, far, asked) =>
      (await far.isLong(query, asked, threadFrom.runs))
        ? thread.write('far', questionOf(far, asked), text as AnswerText<unknown>)
        : near.writeFar(text, far, asked),
  }
}

function readsHere(database: Database, here: LongReads): Reads {
  return {
    read: (verb, asked) => here[verb](asked),
    write: async (text, verb, asked) => joinPieces(text.write(await here[verb](asked))),
    readFar: (far, asked) => far.read(database, asked),
    writeFar: async (text, far, asked) => joinPieces(text.write(await far.read(database, asked))),
  }
}

function questionOf<Asked, Found>({ module, name }: FarRead<Asked, Found>, asked: Asked) {
  return { module, name, asked }
}

type LongOnes = { readonly [V in Verb]: (asked: Asked<V>) => Promise<boolean> }

/** The first search of fewer than this many times as many runs is quick enough without. */
const WARM_TIMES = 10

function longOnes(query: Query, from: Length): LongOnes {
  const others = (table: string, ids: readonly string[]) =>
    hasMany(query, { table, experiments: numbersOf(ids), from: from.runs })
  const runs = (ids: readonly string[]) => others('tracking_runs', ids)
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
    searchTraces: ({ experimentIds }) => others('tracking_traces', experimentIds),
    searchLoggedModels: ({ experimentIds }) => others('tracking_logged_models', experimentIds),
    // Whoever asks says how long it is: see `readFar`.
    far: async () => false,
    warmUp: () => hasManyInAll(query, WARM_TIMES * from.runs),
  }
}

const MOST_NAMED = 1000

interface Rows {
  readonly table: string
  readonly experiments: readonly number[]
  readonly from: number
}

async function hasMany(query: Query, { table, experiments, from }: Rows): Promise<boolean> {
  if (experiments.length === 0) return false
  if (experiments.length > MOST_NAMED) return true
  const sql = `select count(*) as n from (select 1 from ${table}
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
