import { createRequire } from 'node:module'
import type * as smolToml from 'smol-toml'
import { errorMessage } from '../../../base/errors.ts'
import type { YamlValue } from '../../datasets/index.ts'
import { pipelineErrors } from '../errors.ts'

const require = createRequire(import.meta.url)

/** TOML with whole numbers and floats kept apart, as Python reads it. @throws PIPELINE_PARAMS_INVALID */
export function parseToml(text: string, name: string): YamlValue {
  // Loaded by those who have such a file.
  const { parse } = require('smol-toml') as typeof smolToml
  try {
    return convert(parse(text, { integersAsBigInt: true }))
  } catch (error) {
    const detail = `${name}: ${errorMessage(error).split('\n')[0] ?? ''}`
    throw pipelineErrors.PIPELINE_PARAMS_INVALID({ detail, path: name, cause: error })
  }
}

function convert(value: unknown): YamlValue {
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value
  if (typeof value === 'number') return { type: 'float', value }
  if (value instanceof Date) return { type: 'timestamp', text: value.toISOString() }
  if (Array.isArray(value)) return value.map(convert)
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, item]) => [key, convert(item)]))
  return value as string | boolean
}
