import { type Expression, type SqlBool, sql } from 'kysely'
import type { Database } from '../../storage/database/port.ts'
import {
  allowComparators,
  type Clause,
  type Dialect,
  filterError,
  numberCondition,
  type Order,
  pageOf,
  type Page,
  parseFilter,
  parseOrder,
  startOfPage,
  textCondition,
} from '../tracking/index.ts'
import { invalid } from './names.ts'
import { type ModelVersion, PROMPT_TAG, type RegisteredModel } from './schema.ts'
import { completeModels, completeVersions, tables } from './store.ts'

export interface RegistrySearch {
  readonly filter?: string | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

type Searched = Pick<Database, 'query' | 'dialect'>

const MOST_MODELS = 1000
const MOST_VERSIONS = 200_000

/** By name unless told otherwise. Prompts are registered models too, and hidden unless the filter names their tag. */
export async function searchModels(
  { query, dialect }: Searched,
  search: RegistrySearch,
): Promise<Page<RegisteredModel>> {
  const { start, size } = pageBounds(search, 100, MOST_MODELS)
  const clauses = parseFilter(search.filter ?? '')
  const where = clauses
    .filter((clause) => !isPromptTag(clause))
    .map((clause) => modelCondition(clause, dialect))
  let select = tables(query).selectFrom('registry_models').selectAll()
  for (const condition of [...where, ...promptConditions(clauses, sql.ref('registry_models.name'))])
    select = select.where(condition)
  for (const { key, descending } of orders(search, [
    'name',
    'creation_timestamp',
    'timestamp',
    'last_updated_timestamp',
  ]))
    select = select.orderBy(MODEL_ORDER[key] ?? 'name', descending ? 'desc' : 'asc')
  const rows = await select
    .orderBy('name')
    .limit(size + 1)
    .offset(start)
    .execute()
  const page = pageOf(rows, start, size)
  return { ...page, items: await completeModels(query, page.items) }
}

const MODEL_ORDER: Readonly<Record<string, 'name' | 'created_at' | 'updated_at'>> = {
  name: 'name',
  creation_timestamp: 'created_at',
  timestamp: 'updated_at',
  last_updated_timestamp: 'updated_at',
}

function modelCondition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE'])
  if (isTag(clause)) {
    const value = textCondition(sql.ref('tag.value'), clause, dialect)
    return sql<SqlBool>`exists (select 1 from registry_model_tags as tag
      where tag.model = registry_models.name and tag.key = ${clause.key} and ${value})`
  }
  if (clause.key !== 'name' || !isAttribute(clause)) throw unknownKey(clause, ['name'])
  return textCondition(sql.ref('registry_models.name'), clause, dialect)
}

/** Latest change first, then name, then newest version. */
export async function searchVersions(
  { query, dialect }: Searched,
  search: RegistrySearch,
): Promise<Page<ModelVersion>> {
  const { start, size } = pageBounds(search, 10_000, MOST_VERSIONS)
  const clauses = parseFilter(search.filter ?? '')
  const where = clauses
    .filter((clause) => !isPromptTag(clause))
    .map((clause) => versionCondition(clause, dialect))
  let select = tables(query)
    .selectFrom('registry_versions')
    .selectAll()
    .where('deleted_at', 'is', null)
  for (const condition of [
    ...where,
    ...promptConditions(clauses, sql.ref('registry_versions.model')),
  ])
    select = select.where(condition)
  const wanted = orders(search, Object.keys(VERSION_ORDER))
  for (const { key, descending } of wanted)
    select = select.orderBy(VERSION_ORDER[key] ?? 'version', descending ? 'desc' : 'asc')
  if (wanted.length === 0) select = select.orderBy('updated_at', 'desc')
  const rows = await select
    .orderBy('model')
    .orderBy('version', 'desc')
    .limit(size + 1)
    .offset(start)
    .execute()
  const page = pageOf(rows, start, size)
  return { ...page, items: await completeVersions(query, page.items) }
}

const VERSION_ORDER: Readonly<Record<string, 'model' | 'version' | 'created_at' | 'updated_at'>> = {
  name: 'model',
  version_number: 'version',
  creation_timestamp: 'created_at',
  last_updated_timestamp: 'updated_at',
}
const VERSION_TEXTS: Readonly<Record<string, string>> = {
  name: 'model',
  run_id: 'run_id',
  source_path: 'source',
}

function versionCondition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  if (isTag(clause)) {
    allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE'])
    const value = textCondition(sql.ref('tag.value'), clause, dialect)
    return sql<SqlBool>`exists (select 1 from registry_version_tags as tag
      where tag.model = registry_versions.model and tag.version = registry_versions.version
      and tag.key = ${clause.key} and ${value})`
  }
  const column = isAttribute(clause) ? VERSION_TEXTS[clause.key] : undefined
  if (isAttribute(clause) && clause.key === 'version_number')
    return numberCondition(sql.ref('registry_versions.version'), clause)
  if (column === undefined)
    throw unknownKey(clause, ['name', 'run_id', 'source_path', 'version_number'])
  const lists = clause.key === 'run_id' ? ['IN'] : []
  allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE', ...lists])
  return textCondition(sql.ref(`registry_versions.${column}`), clause, dialect)
}

// Prompts are models with a tag; a model without the tag is none, so asking for "not a prompt" finds it too.
function promptConditions(
  clauses: readonly Clause[],
  model: Expression<unknown>,
): readonly Expression<SqlBool>[] {
  const asked = clauses.filter(isPromptTag)
  const isPrompt = sql<SqlBool>`exists (select 1 from registry_model_tags as prompt where prompt.model = ${model}
    and prompt.key = ${PROMPT_TAG} and lower(prompt.value) = 'true')`
  const wanted = asked.length > 0 && asked.every(asksForPrompts)
  return [wanted ? isPrompt : sql<SqlBool>`not ${isPrompt}`]
}

function isPromptTag(clause: Clause): boolean {
  return isTag(clause) && clause.key === PROMPT_TAG
}

function asksForPrompts(clause: Clause): boolean {
  if (clause.test !== 'compare' || clause.literal.kind !== 'text') return true
  const isTrue = clause.literal.text.toLowerCase() === 'true'
  return clause.comparator === '!=' ? !isTrue : isTrue
}

function isTag(clause: Clause): boolean {
  return clause.entity === 'tag' || clause.entity === 'tags'
}

function isAttribute(clause: Clause | Order): boolean {
  return clause.entity === null || /^(attributes?|attr)$/.test(clause.entity)
}

function orders(search: RegistrySearch, allowed: readonly string[]): readonly Order[] {
  const parsed = (search.orderBy ?? []).map(parseOrder)
  for (const order of parsed) {
    if (isAttribute(order) && allowed.includes(order.key)) continue
    throw filterError(
      `Invalid order by key '${order.key}' specified. Valid keys are '${allowed.join(', ')}'`,
    )
  }
  if (new Set(parsed.map((order) => order.key)).size < parsed.length)
    throw filterError('`order_by` contains duplicate fields')
  return parsed
}

function unknownKey(clause: Clause, allowed: readonly string[]): Error {
  return filterError(
    `Invalid attribute key '${clause.key}' specified. Valid keys are '${allowed.join(', ')}'`,
  )
}

function pageBounds(search: RegistrySearch, usual: number, most: number) {
  const size = search.maxResults ?? usual
  if (!Number.isInteger(size) || size < 1)
    throw invalid(`Invalid value for max_results. It must be a positive integer, but got ${size}`)
  if (size > most)
    throw invalid(
      `Invalid value for request parameter max_results. It must be at most ${most}, but got value ${size}`,
    )
  return { start: startOfPage(search.pageToken), size }
}
