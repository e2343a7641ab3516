import { readFile } from 'node:fs/promises'
import { join, matchesGlob, relative, resolve } from 'node:path'
import { z } from 'zod'
import type { Json } from '../base/json.ts'
import { parseYaml } from '../base/yaml.ts'
import { dataPolicySchema, retrainPolicySchema, trainPolicySchema } from '../automation/schema.ts'
import { alertsPolicySchema } from '../capabilities/alerts/index.ts'
import { deployPolicySchema } from '../capabilities/deployments/index.ts'
import { evaluatePolicySchema } from '../capabilities/evaluation/index.ts'
import { monitorPolicySchema } from '../capabilities/monitoring/index.ts'
import { mainErrors } from './errors.ts'

const modelSchema = z.strictObject({
  train: trainPolicySchema.optional(),
  data: dataPolicySchema.optional(),
  evaluate: evaluatePolicySchema.optional(),
  deploy: deployPolicySchema.optional(),
  monitor: monitorPolicySchema.optional(),
  retrain: retrainPolicySchema.optional(),
  alerts: alertsPolicySchema.optional(),
})
/** Everything that ratchet.yaml says of one model, resolved. */
export type ModelPolicy = z.output<typeof modelSchema>

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/
const nameField = z
  .string()
  .regex(NAME, 'a name starts with a letter or digit and has letters, digits, ".", "_" or "-"')

export const projectSchema = z.strictObject({
  project: nameField,
  models: z.record(nameField, modelSchema).default({}),
  tracking: z
    .strictObject({
      /** Whether to keep what the project was like when a run started in it. */
      snapshots: z.boolean().optional(),
    })
    .optional(),
})
export type ProjectFile = z.output<typeof projectSchema>

export const PROJECT_FILE = 'ratchet.yaml'

/** @throws PROJECT_INVALID with file, line, column, path in the document and what was expected */
export async function readProjectFile(projectRoot: string): Promise<ProjectFile> {
  return parseProjectFile(await readFile(join(projectRoot, PROJECT_FILE), 'utf8'))
}

/** @throws PROJECT_INVALID */
export function parseProjectFile(text: string): ProjectFile {
  const parsed = parseYaml(text, projectSchema)
  if (parsed.ok) return parsed.value
  const { line, column, path, message } = parsed.problem
  const place = `${PROJECT_FILE}:${line}:${column}`
  const detail = `${place} ${path === '' ? message : `${path}: ${message}`}`
  throw mainErrors.PROJECT_INVALID({ detail, path: place })
}

/** For editors: what ratchet.yaml may say. */
export function projectJsonSchema(): Json {
  return z.toJSONSchema(projectSchema, { io: 'input', unrepresentable: 'any' }) as unknown as Json
}

/** The contract of the one model whose data or deliveries the file belongs to. */
export async function contractFor(projectRoot: string, file: string): Promise<string | null> {
  const { models } = await readProjectFile(projectRoot)
  const path = relative(projectRoot, resolve(file))
  const contracts = Object.values(models)
    .filter(({ data, train }) => belongs(path, [data?.deliveries, train?.data]))
    .flatMap(({ data }) => data?.contract ?? [])
  const [only] = new Set(contracts)
  return contracts.length > 0 && new Set(contracts).size === 1 && only !== undefined
    ? join(projectRoot, only)
    : null
}

function belongs(path: string, places: readonly (string | undefined)[]): boolean {
  return places.some(
    (place) => place !== undefined && (matchesGlob(path, place) || path.startsWith(`${place}/`)),
  )
}
