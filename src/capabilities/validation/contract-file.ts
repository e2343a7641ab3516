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
  if (!parsed.ok) throw invalid(file, parsed.problem)
  const { freshness, columns } = parsed.value
  if (freshness === undefined || columns[freshness.column] !== undefined) return parsed.value
  const place = parsed.placeOf(['freshness', 'column'])
  const message = `"${freshness.column}" is not one of the columns above`
  throw invalid(file, { ...place, path: 'freshness.column', message })
}

interface Problem {
  readonly line: number
  readonly column: number
  readonly path: string
  readonly message: string
}

function invalid(file: string, { line, column, path, message }: Problem) {
  const place = `${file}:${line}:${column}`
  const where = path === '' ? '' : `${path}: `
  return validationErrors.CONTRACT_INVALID({ detail: `${place} ${where}${message}`, path: place })
}
