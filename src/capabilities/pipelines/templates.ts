import { isFloat, isTimestamp, isYamlMap, pythonFloat, type YamlValue } from '../datasets/index.ts'
import { pipelineErrors } from './errors.ts'

/** What `${…}` may name: params.yaml and `vars`, merged. */
export type Variables = ReadonlyMap<string, YamlValue>

/** DVC's own pattern (parsing/interpolate.py): `\${` is not a template. */
const TEMPLATE = /(?<!\\)\$\{(.*?)\}/g

/**
 * Fills `${a.b[0]}` with values of params.yaml and `vars`, as DVC prints them.
 * @throws PIPELINE_FILE_INVALID when the name is unknown, PIPELINE_UNSUPPORTED when it is not a single value
 */
export function fillTemplate(text: string, variables: Variables, place: string): string {
  if (!text.includes('${')) return text
  const filled = text.replace(TEMPLATE, (_, name: string) => {
    const value = lookup(variables, name.trim())
    if (value !== undefined) return valueText(value, `${place}: \${${name}}`)
    throw pipelineErrors.PIPELINE_FILE_INVALID({
      detail: `${place} names \${${name}}, which is neither in params.yaml nor in vars`,
      path: `dvc.yaml ${place}`,
    })
  })
  return filled.replaceAll('\\${', '${')
}

/** The value under a path such as `train.layers[0].size`; undefined when there is none. */
export function lookup(root: YamlValue, path: string): YamlValue | undefined {
  const keys = path.replaceAll(/\[(\w+)\]/g, '.$1').split('.')
  let value: YamlValue | undefined = root
  for (const key of keys) {
    if (isYamlMap(value)) value = value.get(key)
    else if (Array.isArray(value) && /^\d+$/.test(key)) value = value[Number(key)] as YamlValue
    else return undefined
  }
  return value
}

function valueText(value: YamlValue, place: string): string {
  if (value === null) return 'None'
  if (isFloat(value)) return pythonFloat(value.value)
  if (isTimestamp(value)) return value.text
  if (typeof value !== 'object') return String(value)
  throw pipelineErrors.PIPELINE_UNSUPPORTED({
    detail: `${place} is a list or a mapping; only single values can stand in a text`,
    path: `dvc.yaml ${place}`,
  })
}
