import type { Node } from 'yaml'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { emitYaml } from './yaml-emit.ts'
import { keepStyled, type KeptPart, putBack } from './yaml-kept.ts'
import { parseYaml } from './yaml-parse.ts'
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts'

/**
 * The text of a file after its values changed, as DVC writes it (ruamel.yaml's round trip): keys keep their
 * place, new ones come last, remarks and blank lines stay behind the value that they followed, and what did not change
 * stays a block text, a flow collection or an anchor where it was one.
 */
export function editYaml(text: string, next: YamlMap, file: string): string {
  const before = parseYaml(text, file)
  if (!isYamlMap(before)) return emitYaml(next)
  const { values, kept } = keepStyled(text, before, inOrder(before, next) as YamlMap)
  const emitted = emitYaml(values)
  const remarks = remarksOf(text, kept)
  return putBack(remarks.length === 0 ? emitted : withRemarks(emitted, remarks), kept)
}

function inOrder(before: YamlValue | undefined, next: YamlValue): YamlValue {
  if (isYamlMap(next) && isYamlMap(before)) {
    const kept = [...before.keys()].filter((key) => next.has(key))
    const added = [...next.keys()].filter((key) => !before.has(key))
    return new Map(
      [...kept, ...added].map((key) => [key, inOrder(before.get(key), next.get(key) ?? null)]),
    )
  }
  if (Array.isArray(next) && Array.isArray(before) && next.length === before.length)
    return next.map((item: YamlValue, index) => inOrder(before[index] as YamlValue, item))
  return next
}

interface Remark {
  /** The value it follows, as a path; '' is the start of the file. */
  readonly after: string
  readonly text: string
  /** Of a remark behind a value: where it starts. Null for one that has its line for itself. */
  readonly column: number | null
}

function remarksOf(text: string, kept: readonly KeptPart[]): readonly Remark[] {
  if (!text.includes('#') && !/\n[ \t]*\n/.test(text) && !/^\s*\n/.test(text)) return []
  const paths = pathsByLine(text)
  const lines = text.replace(/\n$/, '').split('\n')
  let after = ''
  return lines.flatMap((line, index): readonly Remark[] => {
    after = paths.get(index + 1) ?? after
    // What stands within a part that is kept is kept with it.
    const part = kept.find(({ firstLine, lastLine }) => isBetween(index + 1, firstLine, lastLine))
    if (part !== undefined) {
      after = part.path
      return []
    }
    if (/^\s*(?:#.*)?$/.test(line)) return [{ after, text: line, column: null }]
    const column = inlineColumn(line)
    return column === null ? [] : [{ after, text: line.slice(column), column }]
  })
}

function isBetween(line: number, first: number, last: number): boolean {
  return line >= first && line <= last
}

// A number sign starts a remark after a blank, outside quotes.
function inlineColumn(line: string): number | null {
  let quote = ''
  for (const [index, ch] of [...line].entries()) {
    if (quote !== '') quote = ch === quote ? '' : quote
    else if ((ch === '"' || ch === "'") && /[\s[{,:-]$/.test(line.slice(0, index))) quote = ch
    else if (ch === '#' && /\s$/.test(line.slice(0, index))) return index
  }
  return null
}

/** For each line (from 1) the path of the last value that starts on it. */
function pathsByLine(text: string): ReadonlyMap<number, string> {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = yamlLibrary()
  const counter = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: counter })
  const lines = new Map<number, string>()
  const visit = (node: Node | null, path: string): void => {
    if (isMap(node))
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : String(key)
        const start = (key as Node | null)?.range?.[0]
        if (start !== undefined) lines.set(counter.linePos(start).line, `${path}/${name}`)
        visit(value as Node | null, `${path}/${name}`)
      }
    else if (isSeq(node))
      for (const [index, item] of node.items.entries()) {
        const start = (item as Node | null)?.range?.[0]
        if (start !== undefined) lines.set(counter.linePos(start).line, `${path}/${index}`)
        visit(item as Node | null, `${path}/${index}`)
      }
  }
  visit(document.contents, '')
  return lines
}

function withRemarks(emitted: string, remarks: readonly Remark[]): string {
  const paths = pathsByLine(emitted)
  const lines = emitted.replace(/\n$/, '').split('\n')
  const result = remarks.filter(({ after }) => after === '').map(({ text }) => text)
  for (const [index, line] of lines.entries()) {
    const path = paths.get(index + 1)
    const inline = remarks.find(({ after, column }) => after === path && column !== null)
    result.push(
      inline === undefined || inline.column === null
        ? line
        : `${line.length < inline.column ? line.padEnd(inline.column) : `${line} `}${inline.text}`,
    )
    // A folded value goes on: what follows it comes after its last line.
    if (lines[index + 1] !== undefined && !paths.has(index + 2)) continue
    const ended = pathUpTo(paths, index + 1)
    for (const { after, column, text } of remarks)
      if (after !== '' && after === ended && column === null) result.push(text)
  }
  return `${result.join('\n')}\n`
}

function pathUpTo(paths: ReadonlyMap<number, string>, line: number): string | undefined {
  for (let at = line; at > 0; at--) {
    const path = paths.get(at)
    if (path !== undefined) return path
  }
  return undefined
}
