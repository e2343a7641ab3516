import {
  isFloat,
  isTimestamp,
  isYamlMap,
  pythonFloat,
  type YamlValue,
} from '../../datasets/index.ts'

/** A single value as DVC puts it into a text: Python's `str`, but true and false in lower case. */
export function templateText(value: YamlValue): string {
  return typeof value === 'boolean' ? String(value) : pythonText(value)
}

/** Python's `str` of a value that is neither a list nor a mapping. */
export function pythonText(value: YamlValue): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (isFloat(value)) return pythonFloat(value.value)
  if (isTimestamp(value)) return value.text
  return String(value as string | number | bigint)
}

export function isComposite(value: YamlValue): boolean {
  return isYamlMap(value) || Array.isArray(value)
}

/** One word for a POSIX shell, whatever is in it; Python's `shlex.quote`. */
export function shellQuote(text: string): string {
  if (text === '') return "''"
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
