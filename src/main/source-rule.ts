import { prepareExpression } from '../storage/database/regular-expression.ts'
import type { Environment } from './config.ts'
import { mainErrors } from './errors.ts'

const SOURCE_RULE = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX'

/** What the source of a new version has to match, by MLflow's own variable. @throws CONFIG_INVALID */
export async function readSourceRule(env: Environment): Promise<string | undefined> {
  const rule = env[SOURCE_RULE]
  if (rule === undefined || rule === '') return undefined
  const problem = await prepareExpression(rule)
  if (problem === null) return rule
  throw mainErrors.CONFIG_INVALID({
    detail: `"${rule}" is no regular expression that can be used: ${problem}`,
    path: SOURCE_RULE,
  })
}
