import { md5 as md5Of } from '../../base/hash.ts'
import type { PathHash } from './hash-path.ts'
import { compareCodePoints, pythonJsonText } from './python-json.ts'
import { pythonFloat } from './yaml-scalars.ts'
import { isFloat, isTimestamp, isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts'

// The order in which DVC writes the keys of a new `.dvc` file (dvc/stage/utils.py) and of its entries.
const FILE_ORDER = 'desc md5 cmd wdir frozen deps outs always_changed meta'.split(' ')
const ENTRY_ORDER =
  'md5 etag checksum size nfiles isexec version_id cloud hash path fs_config desc type labels meta cache metric plot persist remote push files repo'.split(
    ' ',
  )

/** A document in DVC's order of keys; what is empty or false is left out. */
export function inFileOrder(document: YamlMap): YamlMap {
  const entries = FILE_ORDER.map((key) => [key, document.get(key)] as const)
  return new Map(
    entries.flatMap(([key, value]) => {
      const empty = value === undefined || value === null || value === false || value === ''
      return empty || (Array.isArray(value) && value.length === 0) ? [] : [[key, value] as const]
    }),
  )
}

/** An entry of `outs` or `deps` in DVC's order; a checksum that is none of MD5 leads, as an MD5 does. */
export function inEntryOrder(entry: YamlMap): YamlMap {
  const known = ENTRY_ORDER.filter((key) => entry.has(key) && entry.get(key) !== undefined)
  return new Map(known.map((key) => [key, entry.get(key) ?? null]))
}

/** An entry with another content: all that it says otherwise stays. */
export function withHash(entry: YamlMap, hash: PathHash | null): YamlMap {
  const next = new Map(entry)
  for (const key of ['md5', 'size', 'nfiles', 'isexec', 'files']) next.delete(key)
  // What a remote has of another content is no version of this one.
  if (hash?.md5 !== entry.get('md5')) next.delete('cloud')
  if (hash !== null) next.set('md5', hash.md5).set('size', hash.size)
  if (hash?.nfiles !== undefined) next.set('nfiles', hash.nfiles)
  if (hash?.isexec === true) next.set('isexec', true)
  // DVC 2 named no kind of hash, and what it recorded stays as it is.
  if (hash?.legacy === true) next.delete('hash')
  else next.set('hash', 'md5')
  return inEntryOrder(next)
}

const NOT_HASHED: ReadonlySet<string> = new Set(
  'desc type labels meta locked frozen metric persist isexec size nfiles'.split(' '),
)

/**
 * The `md5` that DVC writes on top of an import: of the file's content as Python's
 * `json.dumps(document, sort_keys=True)`, without what does not change the data.
 */
export function stageMd5(document: YamlMap): string {
  const counted = new Map(document)
  for (const key of ['md5', 'meta', 'desc']) counted.delete(key)
  if (counted.get('wdir') === '.') counted.delete('wdir')
  return md5Of(Buffer.from(pythonJson(counted), 'latin1'))
}

function pythonJson(value: YamlValue): string {
  if (isYamlMap(value)) {
    const kept = [...value].filter(([key]) => !NOT_HASHED.has(key))
    const sorted = kept.toSorted(([a], [b]) => compareCodePoints(a, b))
    return `{${sorted.map(([key, item]) => `${pythonJsonText(key)}: ${pythonJson(item)}`).join(', ')}}`
  }
  if (Array.isArray(value))
    return `[${value.map((item: YamlValue) => pythonJson(item)).join(', ')}]`
  if (typeof value === 'string') return pythonJsonText(value)
  if (isFloat(value)) return pythonFloat(value.value)
  return isTimestamp(value) ? pythonJsonText(value.text) : String(value)
}
