import type { Document, Node } from 'yaml'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { datasetErrors } from './errors.ts'
import { quickYaml } from './yaml-quick.ts'
import { isYamlMap, plainValue, type YamlValue } from './yaml-values.ts'

/**
 * Parses YAML (or JSON, which is YAML) as DVC does: 1.2 scalars, order of keys kept.
 * @throws DATASET_FILE_INVALID with `file:line:column` when the text is not YAML.
 */
export function parseYaml(text: string, file: string): YamlValue {
  const quick = quickYaml(text)
  if (quick !== undefined) return quick
  const { parseDocument } = yamlLibrary()
  // "failsafe" leaves every scalar as text, so that our resolver alone decides on types.
  const document = parseDocument(text, { schema: 'failsafe', merge: true, logLevel: 'silent' })
  const error = document.errors[0]
  if (error !== undefined) {
    const at = error.linePos?.[0]
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: error.message.split('\n')[0] ?? error.code,
      path: at === undefined ? file : `${file}:${at.line}:${at.col}`,
    })
  }
  const budget = { nodes: 200_000 }
  const read = (node: unknown): YamlValue => readNode(node as Node | null, budget, document)
  return read(document.contents)
}

// Aliases are followed, so a small file can stand for a very large value: hence the budget.
function readNode(node: Node | null, budget: { nodes: number }, document: Document): YamlValue {
  budget.nodes -= 1
  if (budget.nodes < 0)
    throw datasetErrors.DATASET_FILE_INVALID({ detail: 'it expands to more than 200,000 values' })
  if (node === null || node === undefined) return null
  const { isAlias, isMap, isScalar, isSeq } = yamlLibrary()
  if (isAlias(node)) return readNode(node.resolve(document) ?? null, budget, document)
  if (isSeq(node)) return node.items.map((item) => readNode(item as Node, budget, document))
  if (isScalar(node)) {
    const text = String(node.value ?? '')
    return node.type === 'PLAIN' || node.value === null ? plainValue(text) : text
  }
  const entries = new Map<string, YamlValue>()
  if (!isMap(node)) return entries
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value ?? '') : String(key)
    const item = readNode(value as Node | null, budget, document)
    if (name === '<<' && isYamlMap(item)) for (const [k, v] of item) entries.set(k, v)
    else entries.set(name, item)
  }
  return entries
}
