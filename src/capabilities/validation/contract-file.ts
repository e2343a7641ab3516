import { readFile } from 'node:fs/promises'
import { errorMessage } from '../../base/errors.ts'
import { parseYaml } from '../../base/yaml.ts'
import { validationErrors } from './errors.ts'
import { type Contract, contractSchema } from './schema.ts'

/** @throws CONTRACT_MISSING, CONTRACT_INVALID (file, line, column, path in the document, what was expected) */
export async function readContract(file: string): Promise<Contract> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw validationErrors.CONTRACT_MISSING({ detail: errorMessage(cause), path: file, cause })
  })
  return parseContract(text, file)
}

/** @throws CONTRACT_INVALID */
export function parseContract(text: string, file: string): Contract {
  const parsed = parseYaml(text, contractSchema)
  if (!parsed.ok) {
    const { path, message } = parsed.problem
    throw invalid(file, parsed.problem, path === '' ? message : `${path}: ${message}`)
  }
  const { freshness, columns } = parsed.value
  if (freshness !== undefined && columns[freshness.column] === undefined) {
    const detail = `freshness.column: "${freshness.column}" is not one of the columns above`
    throw invalid(file, parsed.placeOf(['freshness', 'column']), detail)
  }
  return parsed.value
}

function invalid(file: string, place: { line: number; column: number }, detail: string) {
  const path = `${file}:${place.line}:${place.column}`
  return validationErrors.CONTRACT_INVALID({ detail: `${path} ${detail}`, path })
}
