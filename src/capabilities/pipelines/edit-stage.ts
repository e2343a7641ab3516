import type { Node, YAMLMap } from 'yaml'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { emitYaml, type YamlMap } from '../datasets/index.ts'

/**
 * Adds a stage to the text of dvc.yaml, or replaces it where it stands. Only the lines of that stage are touched;
 * they are what DVC writes.
 */
export function withStage(text: string, name: string, entry: YamlMap): string {
  const lines = emitYaml(new Map([['stages', new Map([[name, entry]])]]))
  const block = lines.slice(lines.indexOf('\n') + 1)
  const stages = stagesOf(text)
  if (stages === null) return `${endLine(text)}stages:\n${block}`
  if (stages.flow === true || stages.items.length === 0)
    return withStageByDocument(text, name, entry)
  const known = pairOf(stages, name)
  const column = columnOf(text, startOf(stages.items[0]?.key))
  const shifted = indented(block, column - 2)
  if (known === null) {
    const end = lineEnd(text, endOf(stages))
    return `${endLine(text.slice(0, end))}${shifted}${text.slice(end)}`
  }
  const start = startOf(known.key) - column
  const end = lineEnd(text, endOf(known.value))
  return `${text.slice(0, start)}${shifted}${text.slice(end)}`
}

/** Says in the text of dvc.yaml that a stage is frozen, or no longer. */
export function withFrozen(text: string, name: string, frozen: boolean): string {
  const stages = stagesOf(text)
  const stage = stages === null ? null : (pairOf(stages, name)?.value ?? null)
  if (!yamlLibrary().isMap(stage)) return text
  const known = pairOf(stage, 'frozen')
  if (stage.flow === true || (known !== null && frozen)) return frozenByDocument(text, name, frozen)
  if (known !== null) {
    const start = text.lastIndexOf('\n', startOf(known.key)) + 1
    return text.slice(0, start) + text.slice(lineEnd(text, endOf(known.value)))
  }
  if (!frozen) return text
  const column = columnOf(text, startOf(stage.items[0]?.key))
  const end = lineEnd(text, endOf(stage))
  return `${endLine(text.slice(0, end))}${' '.repeat(column)}frozen: true\n${text.slice(end)}`
}

/** The text of dvc.yaml without a stage; null when nothing of it is left. */
export function withoutStage(text: string, name: string): string | null {
  const stages = stagesOf(text)
  const known = stages === null ? null : pairOf(stages, name)
  if (stages === null || known === null) return text
  const end = lineEnd(text, endOf(known.value))
  if (stages.flow === true) {
    const document = yamlLibrary().parseDocument(text)
    document.deleteIn(['stages', name])
    return document.toString({ lineWidth: 0, flowCollectionPadding: false })
  }
  if (stages.items.length > 1) return withoutLines(text, startOf(known.key), end)
  const all: unknown = yamlLibrary().parseDocument(text).contents
  if (!yamlLibrary().isMap(all) || all.items.length === 1) return null
  return withoutLines(text, startOf(pairOf(all, 'stages')?.key), end)
}

function withoutLines(text: string, within: number, end: number): string {
  return text.slice(0, text.lastIndexOf('\n', within - 1) + 1) + text.slice(end)
}

type Pair = YAMLMap['items'][number]

function stagesOf(text: string): YAMLMap | null {
  const stages: unknown = yamlLibrary().parseDocument(text).get('stages', true)
  return yamlLibrary().isMap(stages) ? stages : null
}

function pairOf(map: YAMLMap, name: string): Pair | null {
  return (
    map.items.find(({ key }) => yamlLibrary().isScalar(key) && String(key.value) === name) ?? null
  )
}

function startOf(node: unknown): number {
  return (node as Node | undefined)?.range?.[0] ?? 0
}

// The end of what was written last: a mapping itself ends only where the next key begins.
function endOf(node: unknown): number {
  if (yamlLibrary().isMap(node) && node.flow !== true) {
    const last = node.items.at(-1)
    return last?.value === null || last?.value === undefined ? endOf(last?.key) : endOf(last.value)
  }
  const items = (node as { items?: readonly unknown[]; flow?: boolean } | null)?.items
  if (Array.isArray(items) && items.length > 0 && (node as { flow?: boolean }).flow !== true)
    return endOf(items.at(-1))
  return (node as Node | null)?.range?.[1] ?? 0
}

/** Past the line in which an offset lies, with the remark that may stand behind the value. */
function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function indented(block: string, by: number): string {
  if (by <= 0) return by === 0 ? block : block.replaceAll(/^ {2}/gm, ' '.repeat(2 + by))
  return block.replaceAll(/^(?=.)/gm, ' '.repeat(by))
}

function withStageByDocument(text: string, name: string, entry: YamlMap): string {
  const document = yamlLibrary().parseDocument(text)
  const inner = yamlLibrary().parseDocument(emitYaml(entry))
  document.setIn(['stages', name], inner.contents)
  return document.toString({ lineWidth: 80 })
}

function frozenByDocument(text: string, name: string, frozen: boolean): string {
  const document = yamlLibrary().parseDocument(text)
  if (frozen) document.setIn(['stages', name, 'frozen'], true)
  else document.deleteIn(['stages', name, 'frozen'])
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
