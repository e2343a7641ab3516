import type { Node, YAMLMap } from 'yaml'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { datasetErrors } from './errors.ts'
import { quickYaml } from './yaml-quick.ts'
import { isYamlMap, plainValue, type YamlMap, type YamlValue } from './yaml-values.ts'

/**
 * Parses YAML (or JSON, which is YAML) as DVC does: 1.2 scalars, order of keys kept.
 * @throws DATASET_FILE_INVALID with `file:line:column` when the text is not YAML.
 */
export function parseYaml(text: string, file: string): YamlValue {
  const quick = quickYaml(text)
  if (quick !== undefined) return quick
  try {
    return parseWhole(text, file)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw datasetErrors.DATASET_FILE_INVALID({ detail: 'it is nested too deeply', path: file })
  }
}

function parseWhole(text: string, file: string): YamlValue {
  const { parseDocument } = yamlLibrary()
  // "failsafe" leaves every scalar as text, so that our resolver alone decides on types.
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' })
  const error = document.errors[0]
  if (error !== undefined) {
    const at = error.linePos?.[0]
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: error.message.split('\n')[0] ?? error.code,
      path: at === undefined ? file : `${file}:${at.line}:${at.col}`,
    })
  }
  const reading = { anchors: new Map<string, Node>(), file, left: 200_000, depth: 0 }
  return readNode(document.contents as Node | null, reading)
}

interface Reading {
  /** As they stand at the place that is read: the library would search all of the document for each alias. */
  readonly anchors: Map<string, Node>
  readonly file: string
  /** Values that aliases may still stand for: what is written out is bounded by the file itself. */
  left: number
  /** Aliases that are being followed. */
  depth: number
}

function readNode(node: Node | null, reading: Reading): YamlValue {
  if (reading.depth > 0 && reading.left-- < 0)
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: 'it expands to more than 200,000 values by its aliases',
      path: reading.file,
    })
  if (node === null || node === undefined) return null
  const { isAlias, isMap, isScalar, isSeq } = yamlLibrary()
  if (isAlias(node)) {
    const named = reading.anchors.get(node.source)
    if (named === undefined)
      throw datasetErrors.DATASET_FILE_INVALID({
        detail: `*${node.source} stands for nothing above it`,
        path: reading.file,
      })
    reading.depth++
    const value = readNode(named, reading)
    reading.depth--
    return value
  }
  if (node.anchor !== undefined && reading.depth === 0) reading.anchors.set(node.anchor, node)
  if (isSeq(node)) return node.items.map((item) => readNode(item as Node, reading))
  if (isScalar(node)) {
    const text = String(node.value ?? '')
    return node.type === 'PLAIN' || node.value === null ? plainValue(text) : text
  }
  return isMap(node) ? readMap(node, reading) : new Map()
}

// What is merged in comes first, and what the mapping says itself prevails; of several the first does.
function readMap({ items }: YAMLMap, reading: Reading): YamlMap {
  const { isScalar } = yamlLibrary()
  const merged: YamlMap[] = []
  const own: (readonly [string, YamlValue])[] = []
  for (const { key, value } of items) {
    if (isScalar(key) && key.anchor !== undefined) reading.anchors.set(key.anchor, key)
    const name = isScalar(key) ? String(key.value ?? '') : String(key)
    const item = readNode(value as Node | null, reading)
    const isMerge = name === '<<' && isScalar(key) && key.type === 'PLAIN'
    const sources = isMerge ? [item].flat().filter(isYamlMap) : []
    if (sources.length > 0) merged.push(...sources)
    else own.push([name, item])
  }
  return new Map([...merged.toReversed().flatMap((source) => [...source]), ...own])
}
