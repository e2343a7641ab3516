import {
  compareCodePoints,
  isFloat,
  isTimestamp,
  isYamlMap,
  pythonFloat,
  pythonJsonText,
  type YamlValue,
} from '../datasets/index.ts'

/** `json.dumps(value, sort_keys=True)` of Python, to the byte: names in the run cache are hashes of it. */
export function pythonJson(value: YamlValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return pythonJsonText(value)
  if (isFloat(value)) return jsonFloat(value.value)
  if (isTimestamp(value)) return pythonJsonText(value.text)
  if (Array.isArray(value))
    return `[${value.map((item: YamlValue) => pythonJson(item)).join(', ')}]`
  if (!isYamlMap(value)) return String(value as number | bigint | boolean)
  const entries = [...value].toSorted(([a], [b]) => compareCodePoints(a, b))
  return `{${entries.map(([key, item]) => `${pythonJsonText(key)}: ${pythonJson(item)}`).join(', ')}}`
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return pythonFloat(value)
}
