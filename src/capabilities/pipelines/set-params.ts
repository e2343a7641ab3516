import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Document, Node, Scalar } from 'yaml'
import type { Json } from '../../base/json.ts'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { emitYaml, plainTag, writeAtomically } from '../datasets/index.ts'
import { pipelineErrors } from './errors.ts'
import { DEFAULT_PARAMS, toYaml } from './params.ts'

export type ParamChanges = Readonly<Record<string, Json>>

/**
 * Sets keys of params.yaml, such as `{ "train.until": "1973-05-01" }`; comments, order and layout stay.
 * Returns whether the file changed. @throws PIPELINE_PARAMS_INVALID
 */
export function setParams(root: string, changes: ParamChanges): boolean {
  if (Object.keys(changes).length === 0) return false
  const file = join(root, DEFAULT_PARAMS)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const after = changeParams(before, changes)
  if (after === before) return false
  writeAtomically(file, after)
  return true
}

export function changeParams(text: string, changes: ParamChanges): string {
  return Object.entries(changes).reduce((current, change) => changeOne(current, change), text)
}

function changeOne(text: string, [key, value]: readonly [string, Json]): string {
  const document = yamlLibrary().parseDocument(text)
  if (document.errors[0] !== undefined)
    throw pipelineErrors.PIPELINE_PARAMS_INVALID({
      detail: `${DEFAULT_PARAMS}: ${document.errors[0].message.split('\n')[0] ?? ''}`,
      path: DEFAULT_PARAMS,
    })
  const path = document.has(key) ? [key] : key.split('.')
  const node: unknown = document.getIn(path, true)
  // A single value is replaced where it stands, so that not a byte besides it moves.
  if (yamlLibrary().isScalar(node) && node.range && !isComposite(value))
    return replaceScalar(text, node, value)
  try {
    document.setIn(path, quotedNode(document, value))
  } catch (error) {
    throw pipelineErrors.PIPELINE_PARAMS_INVALID({
      detail: `${DEFAULT_PARAMS}: "${key}" lies under a single value`,
      path: `${DEFAULT_PARAMS} ${key}`,
      cause: error,
    })
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function isComposite(value: Json): boolean {
  return typeof value === 'object' && value !== null
}

function replaceScalar(text: string, node: Scalar, value: Json): string {
  const [start, end] = node.range ?? [0, 0]
  const written = scalarText(value, node.type === 'QUOTE_DOUBLE')
  const space = text.slice(0, start).endsWith(':') ? ' ' : ''
  return text.slice(0, start) + space + written + text.slice(end)
}

function scalarText(value: Json, doubleQuoted: boolean): string {
  if (typeof value === 'string' && doubleQuoted) return JSON.stringify(value)
  const line = emitYaml(new Map([['k', toYaml(value)]]))
  const written = line.slice(2).trim()
  // Folded lines would need the indentation of the place; one quoted line does not.
  return written.includes('\n') ? JSON.stringify(value) : written
}

// An unquoted date would be one to DVC, which cannot track dates.
function quotedNode(document: Document, value: Json): Node {
  const node = document.createNode(value) as Node
  yamlLibrary().visit(node, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && plainTag(scalar.value) !== 'str')
        scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return node
}
