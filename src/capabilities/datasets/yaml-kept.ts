import { isDeepStrictEqual } from 'node:util'
import type { Node, Pair, YAMLMap } from 'yaml'
import { yamlLibrary } from '../../base/yaml-library.ts'
import { plainText } from './yaml-emit.ts'
import { isFloat, isYamlMap, plainValue, type YamlMap, type YamlValue } from './yaml-values.ts'

/** A value that an edit leaves alone and that is written in a way which values do not tell. */
export interface KeptPart {
  /** `/meta/note`. */
  readonly path: string
  /** What stands in its place among the values. */
  readonly token: string
  /** From 1. */
  readonly firstLine: number
  readonly lastLine: number
  /** Where the key starts. */
  readonly column: number
  /** Key and value as they stand in the file, with a remark behind them. */
  readonly text: string
}

/**
 * Puts tokens in the place of values that did not change and that only their own text tells, as ruamel.yaml keeps them in a
 * round trip: block and folded texts, flow collections, anchors with what refers to them, tags, numbers in another notation.
 */
export function keepStyled(
  text: string,
  before: YamlMap,
  next: YamlMap,
): { readonly values: YamlMap; readonly kept: readonly KeptPart[] } {
  const { isMap, parseDocument } = yamlLibrary()
  const root: unknown = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' }).contents
  const keeper = new Keeper(text)
  const values = isMap(root) ? keeper.map(root, '', [before, next]) : next
  return { values, kept: keeper.kept }
}

class Keeper {
  readonly kept: KeptPart[] = []
  private readonly text: string
  private readonly prefix: string
  constructor(text: string) {
    this.text = text
    let prefix = 'kept'
    while (text.includes(prefix)) prefix += '-'
    this.prefix = prefix
  }

  map(node: YAMLMap, path: string, [before, next]: readonly [YamlMap, YamlMap]): YamlMap {
    const values = new Map(next)
    for (const pair of node.items) {
      const name = nameOf(pair)
      const [old, now] = [before.get(name), next.get(name)]
      if (old === undefined || now === undefined) continue
      values.set(name, this.value(pair, `${path}/${name}`, [old, now]))
    }
    return values
  }

  private value(pair: Pair, path: string, [old, now]: readonly [YamlValue, YamlValue]): YamlValue {
    const { isMap, isSeq } = yamlLibrary()
    const node = pair.value as Node | null
    const isSame = isDeepStrictEqual(old, now)
    if (isSame && !isStyled(node)) return now
    if (isMap(node) && isYamlMap(old) && isYamlMap(now) && !(isSame && standsWhole(node)))
      return this.map(node, path, [old, now])
    if (isSame) return this.keep(pair, path)
    if (!isSeq(node) || !Array.isArray(old) || !Array.isArray(now) || old.length !== now.length)
      return now
    return now.map((item: YamlValue, index) => {
      const [inner, was] = [node.items[index], old[index] as YamlValue]
      const both = isMap(inner) && isYamlMap(was) && isYamlMap(item)
      return both ? this.map(inner, `${path}/${index}`, [was, item]) : item
    })
  }

  private keep({ key, value }: Pair, path: string): string {
    const token = `${this.prefix}${this.kept.length}`
    const start = (key as Node).range?.[0] ?? 0
    const end = this.endOfLine((value as Node).range?.[1] ?? start)
    const firstLine = this.lineAt(start)
    const source = this.text.slice(start, end)
    // Blank lines at the end are part of a text that keeps them.
    const text = isBlockText(value as Node) ? source : source.trimEnd()
    const lastLine = firstLine + source.split('\n').length - 1
    const column = start - (this.text.lastIndexOf('\n', start - 1) + 1)
    this.kept.push({ path, token, firstLine, lastLine, column, text })
    return token
  }

  // A block text ends behind its last line break already.
  private endOfLine(offset: number): number {
    if (this.text[offset - 1] === '\n') return offset - 1
    const end = this.text.indexOf('\n', offset)
    return end < 0 ? this.text.length : end
  }

  private lineAt(offset: number): number {
    return this.text.slice(0, offset).split('\n').length
  }
}

function nameOf({ key }: Pair): string {
  return yamlLibrary().isScalar(key) ? String(key.value ?? '') : String(key)
}

// What is anchored, merged in or written as a flow is one text; the parts of other mappings are looked at one by one.
function standsWhole(node: YAMLMap): boolean {
  return isMarked(node) || node.flow === true || node.items.some((pair) => nameOf(pair) === '<<')
}

function isMarked(node: Node): boolean {
  return (node as { anchor?: string }).anchor !== undefined || node.tag !== undefined
}

function isBlockText(node: Node): boolean {
  const { type } = node as { type?: string }
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'
}

function isStyled(node: Node | null): boolean {
  const { isAlias, isMap, isScalar, isSeq } = yamlLibrary()
  if (node === null) return false
  if (isAlias(node) || isMarked(node)) return true
  if (isScalar(node)) {
    return isBlockText(node) || (node.type === 'PLAIN' && isOtherNotation(String(node.value)))
  }
  if (isMap(node))
    return (
      node.items.length > 0 &&
      (standsWhole(node) || node.items.some(({ value }) => isStyled(value as Node | null)))
    )
  if (!isSeq(node)) return false
  return (
    node.items.length > 0 &&
    (node.flow === true || node.items.some((item) => isStyled(item as Node)))
  )
}

// ruamel.yaml keeps `1e3`, `1_000`, `0x1f` and `.5`, but not a plus sign.
function isOtherNotation(text: string): boolean {
  const value = plainValue(text)
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || isFloat(value)
  return (
    isNumber && /^-?[\d.]/.test(text) && !/inf|nan|^-0$/i.test(text) && plainText(value) !== text
  )
}

/** Puts the parts back where their tokens stand. */
export function putBack(emitted: string, kept: readonly KeptPart[]): string {
  if (kept.length === 0) return emitted
  const byToken = new Map(kept.map((part) => [part.token, part]))
  const lines = emitted.split('\n').map((line) => {
    const [, lead = '', token = ''] = /^(\s*(?:- )*).*: (\S+)$/.exec(line) ?? []
    const part = byToken.get(token)
    return part === undefined ? line : lead + shifted(part, lead.length)
  })
  return lines.join('\n')
}

function shifted({ text, column }: KeptPart, to: number): string {
  const [first = '', ...rest] = text.split('\n')
  const by = to - column
  const lead = new RegExp(`^ {0,${Math.max(0, -by)}}`)
  const move = (line: string): string =>
    line === '' ? '' : ' '.repeat(Math.max(0, by)) + line.replace(lead, '')
  return [first, ...rest.map(move)].join('\n')
}
