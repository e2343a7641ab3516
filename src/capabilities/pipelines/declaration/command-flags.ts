import { isYamlMap, type YamlMap, type YamlValue } from '../../datasets/index.ts'
import { isComposite, pythonText, shellQuote } from './python-text.ts'

/** `parsing` of .dvc/config: how truth and lists become flags. */
export interface FlagStyle {
  readonly bool: 'store_true' | 'boolean_optional'
  readonly list: 'nargs' | 'append'
}

export type FlagResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly nested: string }

/** A mapping in a command as flags: `{lr: 0.1, tags: [a, b]}` is `--lr 0.1 --tags a b`. DVC's rules. */
export function commandFlags(map: YamlMap, style: FlagStyle): FlagResult {
  const words: string[] = []
  for (const [key, value] of flatten(map, '')) {
    const flags = flagsOf(key, value, style)
    if (flags === null) return { ok: false, nested: key }
    words.push(...flags)
  }
  return { ok: true, text: words.join(' ') }
}

function* flatten(map: YamlMap, prefix: string): Generator<readonly [string, YamlValue]> {
  for (const [name, value] of map) {
    const key = `${prefix}${name}`
    if (isYamlMap(value)) yield* flatten(value, `${key}.`)
    else yield [key, value]
  }
}

function flagsOf(key: string, value: YamlValue, style: FlagStyle): readonly string[] | null {
  if (value === true) return [`--${key}`]
  if (value === false) return style.bool === 'boolean_optional' ? [`--no-${key}`] : []
  if (!Array.isArray(value)) return [`--${key}`, word(value)]
  const items = value as readonly YamlValue[]
  if (items.some(isComposite)) return null
  if (style.list === 'append') return items.flatMap((item) => [`--${key}`, word(item)])
  return items.length === 0 ? [] : [`--${key}`, ...items.map(word)]
}

function word(value: YamlValue): string {
  return typeof value === 'string' ? shellQuote(value) : pythonText(value)
}
