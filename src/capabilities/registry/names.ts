import {
  checkKey,
  checkLength,
  invalidValue,
  isOtherPath,
  missingValue,
  otherPathMessage,
} from '../tracking/index.ts'
import { registryErrors } from './errors.ts'
import { type Stage, STAGES } from './schema.ts'

const TAG_KEY_LENGTH = 250
const TAG_VALUE_LENGTH = 100_000
const ALIAS_LENGTH = 255

export function invalid(detail: string): Error {
  return registryErrors.REGISTRY_INVALID({ detail })
}

export function checkModelName(name: string): void {
  if (name.trim() === '') throw missingValue('name')
  if (/[/:]/.test(name))
    throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`)
  if (isOtherPath(name)) throw invalidValue('name', name, otherPathMessage(name))
}

export function checkTag(key: string, value: string): void {
  checkKey(key, 'key')
  checkLength('key', TAG_KEY_LENGTH, key)
  checkLength('value', TAG_VALUE_LENGTH, value)
}

export function checkAlias(alias: string): void {
  if (alias === '') throw invalid('Registered model alias name cannot be empty.')
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias))
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    )
  checkLength('Registered model alias name', ALIAS_LENGTH, alias)
}

/** `latest` and `v3` would shadow what a client means by them. */
export function checkAliasIsFree(alias: string): void {
  if (alias.toLowerCase() === 'latest')
    throw invalid("'latest' alias name (case insensitive) is reserved.")
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`)
}

/** Stages are read whatever their case and kept in MLflow's. */
export function stageOf(text: string): Stage {
  const stage = STAGES.find((one) => one.toLowerCase() === text.toLowerCase())
  if (stage === undefined)
    throw invalid(
      `Invalid Model Version stage: ${text}. Value must be one of ${STAGES.join(', ')}.`,
    )
  return stage
}
