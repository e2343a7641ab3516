import { floatText } from './yaml-scalars.ts'
import { isFloat, isTimestamp, isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts'
import { YamlWriter } from './yaml-writer.ts'

/**
 * Writes a mapping byte for byte as DVC does (ruamel.yaml: block style, indent 2, lists not indented under
 * their key, folded at 80 columns).
 */
export function emitYaml(root: YamlMap): string {
  const writer = new YamlWriter()
  emitMap(writer, root, 0)
  return `${writer.text.replace(/^\n/, '')}\n`
}

function emitMap(writer: YamlWriter, map: YamlMap, column: number, first = false): void {
  let inline = first
  for (const [key, value] of map) {
    if (!inline) writer.newLine(column)
    inline = false
    writer.scalar(key, { indent: column + 2, split: false })
    writer.write(':')
    emitValue(writer, value, column)
  }
}

// What follows "key:". A list stands at the key's own column, a mapping two further.
function emitValue(writer: YamlWriter, value: YamlValue, column: number): void {
  if (isYamlMap(value) && value.size > 0) emitMap(writer, value, column + 2)
  else if (Array.isArray(value) && value.length > 0) emitList(writer, value, { column })
  else if (value !== null) {
    writer.write(' ')
    emitScalar(writer, value, column + 2)
  }
}

interface ListPlace {
  readonly column: number
  /** The list's first dash follows another dash on the same line. */
  readonly first?: boolean
}

function emitList(writer: YamlWriter, list: readonly YamlValue[], place: ListPlace): void {
  const { column } = place
  let inline = place.first ?? false
  for (const item of list) {
    if (!inline) writer.newLine(column)
    inline = false
    writer.write('- ')
    if (isYamlMap(item) && item.size > 0) emitMap(writer, item, column + 2, true)
    else if (Array.isArray(item) && item.length > 0)
      emitList(writer, item, { column: column + 2, first: true })
    else if (item !== null) emitScalar(writer, item, column + 2)
  }
}

function emitScalar(writer: YamlWriter, value: YamlValue, indent: number): void {
  if (typeof value === 'string') writer.scalar(value, { indent, split: true })
  else if (Array.isArray(value)) writer.write('[]')
  else if (isYamlMap(value)) writer.write('{}')
  else writer.plain(plainText(value), { indent, split: true })
}

/** A number, truth value or date without quotes. */
export function plainText(value: YamlValue): string {
  if (isFloat(value)) return floatText(value)
  return isTimestamp(value) ? value.text : String(value)
}
