import { datasetErrors } from './errors.ts'
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts'

// DVC refuses a key that it does not know (dvc/schema.py), so that a spelling mistake is never silent.
const FILE_KEYS: ReadonlySet<string> = new Set(
  'md5 cmd wdir deps outs locked frozen meta always_changed desc'.split(' '),
)
const HASHES = 'md5 checksum etag size nfiles isexec version_id'.split(' ')
const ANNOTATIONS = 'desc type labels meta'.split(' ')
const OUT_KEYS: ReadonlySet<string> = new Set([
  ...HASHES,
  ...ANNOTATIONS,
  ...'path persist cloud hash cache remote push files fs_config metric plot'.split(' '),
])
const DEP_KEYS: ReadonlySet<string> = new Set([...OUT_KEYS, ...'repo db dataset params'.split(' ')])
const REPO_KEYS: ReadonlySet<string> = new Set('url rev rev_lock config remote'.split(' '))
const FLAGS = 'cache persist push isexec'.split(' ')

/** The document of a `.dvc` file in the shape that DVC demands. @throws DATASET_FILE_INVALID */
export function checkDvcShape(document: YamlValue, file: string): YamlMap {
  if (document === null) return new Map()
  if (!isYamlMap(document)) throw invalid(file, 'it is not a mapping')
  refuseUnknown(document, FILE_KEYS, { file, place: '' })
  for (const [key, keys] of [['outs', OUT_KEYS] as const, ['deps', DEP_KEYS] as const])
    for (const [index, entry] of entriesOf(document, key, file).entries()) {
      const place = `${key}[${index}].`
      refuseUnknown(entry, keys, { file, place })
      if (typeof entry.get('path') !== 'string' && !entry.has('db'))
        throw invalid(file, `${place}path is not text`)
      for (const flag of FLAGS) requireBoolean(entry, flag, { file, place })
      const repo = entry.get('repo')
      if (isYamlMap(repo)) refuseUnknown(repo, REPO_KEYS, { file, place: `${place}repo.` })
    }
  return document
}

/** The entries of `outs` or `deps`, which may be absent. */
export function entriesOf(
  document: YamlMap,
  key: 'outs' | 'deps',
  file: string,
): readonly YamlMap[] {
  const list = document.get(key)
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw invalid(file, `${key} is not a list`)
  return list.map((entry: YamlValue, index) => {
    if (!isYamlMap(entry)) throw invalid(file, `${key}[${index}] is not a mapping`)
    return entry
  })
}

interface Place {
  readonly file: string
  readonly place: string
}

function refuseUnknown(map: YamlMap, known: ReadonlySet<string>, { file, place }: Place): void {
  const wrong = [...map.keys()].find((key) => !known.has(key))
  if (wrong === undefined) return
  throw invalid(
    file,
    `"${place}${wrong}" is none of the keys that DVC knows: ${[...known].join(', ')}`,
  )
}

function requireBoolean(map: YamlMap, key: string, { file, place }: Place): void {
  const value = map.get(key)
  if (value === undefined || typeof value === 'boolean') return
  throw invalid(file, `${place}${key} is neither true nor false`)
}

function invalid(file: string, detail: string) {
  return datasetErrors.DATASET_FILE_INVALID({ detail, path: file })
}
