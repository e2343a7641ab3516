import type { Document } from 'yaml'
import type { z } from 'zod'
import { yamlLibrary } from './yaml-library.ts'

export interface YamlProblem {
  readonly line: number
  readonly column: number
  /** Path in the document, such as `models.price.train`; empty at the top. */
  readonly path: string
  readonly message: string
}

export type YamlResult<T> =
  | { readonly ok: true; readonly value: T; readonly placeOf: PlaceOf }
  | { readonly ok: false; readonly problem: YamlProblem }

/** Where a path of the document stands, for checks that a schema cannot make. */
export type PlaceOf = (path: readonly PropertyKey[]) => {
  readonly line: number
  readonly column: number
}

/** Parses YAML by a schema; the first problem says line, column and path, as an editor needs them. */
export function parseYaml<S extends z.ZodType>(text: string, schema: S): YamlResult<z.output<S>> {
  const { LineCounter, parseDocument } = yamlLibrary()
  const lines = new LineCounter()
  // A few aliases are a convenience; thousands of them are an attack on memory.
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const placeOf: PlaceOf = (path) => at(offsetOf(document, path))
  const [broken] = document.errors
  if (broken !== undefined) {
    const message = broken.message.split('\n')[0] ?? broken.message
    return { ok: false, problem: { ...at(broken.pos[0]), path: '', message } }
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {})
  if (parsed.success) return { ok: true, value: parsed.data, placeOf }
  return { ok: false, problem: firstProblem(parsed.error, placeOf) }
}

/** Where each path of a text that was read already stands. */
export function placesIn(text: string): PlaceOf {
  const { LineCounter, parseDocument } = yamlLibrary()
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  return (path) => {
    const { line, col } = lines.linePos(offsetOf(document, path))
    return { line, column: col }
  }
}

function firstProblem(error: z.ZodError, placeOf: PlaceOf): YamlProblem {
  const issue = deepest(error.issues)
  if (issue === undefined) return { line: 1, column: 1, path: '', message: 'the file is empty' }
  // An unknown key is named by its parent's issue; the place to look at is the key itself.
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknown === undefined ? issue.path : [...issue.path, unknown]
  const message = unknown === undefined ? issue.message : `unknown key "${unknown}"`
  return { ...placeOf(path), path: path.map(String).join('.'), message }
}

type Issue = z.core.$ZodIssue

// Of a union's branches the one that got furthest is the one that was meant.
function deepest(issues: readonly Issue[]): Issue | undefined {
  const [first] = issues
  if (first?.code !== 'invalid_union') return first
  const branches = first.errors
    .map((branch) => deepest(branch))
    .filter((issue) => issue !== undefined)
    .toSorted((a, b) => b.path.length - a.path.length)
  const [best] = branches
  if (best === undefined || best.path.length === 0) return first
  return { ...best, path: [...first.path, ...best.path] }
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
