import { readFile } from 'node:fs/promises'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { errorMessage } from '../../base/errors.ts'
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
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [broken] = document.errors
  if (broken !== undefined) throw invalid(file, lines, broken.pos[0], firstLine(broken.message))
  const parsed = contractSchema.safeParse(document.toJS() ?? {})
  if (!parsed.success) throw invalidAt(file, lines, document, parsed.error)
  const { freshness, columns } = parsed.data
  if (freshness !== undefined && columns[freshness.column] === undefined) {
    const offset = offsetOf(document, ['freshness', 'column'])
    const detail = `freshness.column: "${freshness.column}" is not one of the columns above`
    throw invalid(file, lines, offset, detail)
  }
  return parsed.data
}

function invalidAt(file: string, lines: LineCounter, document: Document, error: z.ZodError) {
  const [issue] = error.issues
  if (issue === undefined) return invalid(file, lines, 0, 'the contract is empty')
  // An unknown key is named by its parent's issue; the place to look at is the key itself.
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknown === undefined ? issue.path : [...issue.path, unknown]
  const message = unknown === undefined ? issue.message : `unknown key "${unknown}"`
  const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `
  return invalid(file, lines, offsetOf(document, path), where + message)
}

function invalid(file: string, lines: LineCounter, offset: number, detail: string) {
  const { line, col } = lines.linePos(offset)
  const path = `${file}:${line}:${col}`
  return validationErrors.CONTRACT_INVALID({ detail: `${path} ${detail}`, path })
}

// The deepest node on the path that is there: a missing key is shown at its parent.
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (hasRange(node)) return node.range[0]
  }
  return 0
}

function hasRange(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return (
    typeof node === 'object' && node !== null && Array.isArray((node as { range?: unknown }).range)
  )
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}
