import { relpathFault } from '../containment.ts'
import { datasetErrors } from '../errors.ts'
import { isYamlMap, type YamlMap, type YamlValue } from '../yaml-values.ts'

/** A version of an object on a remote that keeps versions, as the record of a file names it (`cloud:`). */
export interface RecordedVersion {
  /** The name of the remote; null where an early DVC did not say it. */
  readonly remote: string | null
  readonly etag: string | undefined
  readonly version: string | undefined
}

/** A file as an entry of `.dvc` or dvc.lock lists it for remotes that keep versions. */
export interface RecordedFile {
  /** From the out; '' for an out that is a file itself. */
  readonly relpath: string
  readonly md5: string
  readonly size: number | undefined
  readonly isexec: boolean
  /** Null while it was never pushed with this content. */
  readonly stored: RecordedVersion | null
}

/**
 * What an entry says of its files one by one: a folder under `files`, a file by its `cloud`. Null where it says nothing
 * of the kind, as for all other remotes.
 * @throws DATASET_FILE_INVALID
 */
export function recordedFiles(entry: YamlMap, file: string): readonly RecordedFile[] | null {
  const listed = entry.get('files')
  if (Array.isArray(listed)) return listed.map((item: YamlValue) => listedFile(item, file))
  const md5 = entry.get('md5')
  const stored = storedOf(entry)
  if (stored === null || typeof md5 !== 'string') return null
  return [{ ...factsOf(entry), relpath: '', md5: md5.toLowerCase(), stored }]
}

function listedFile(item: YamlValue, file: string): RecordedFile {
  const entry = isYamlMap(item) ? item : new Map<string, YamlValue>()
  const relpath = entry.get('relpath')
  const fault = typeof relpath === 'string' ? relpathFault(relpath) : 'is no text'
  if (fault !== null) throw invalid(file, `files: relpath ${JSON.stringify(relpath)} ${fault}`)
  const md5 = String(entry.get('md5') ?? '').toLowerCase()
  if (md5 !== '' && !/^[0-9a-f]{32}$/.test(md5))
    throw invalid(file, `files: md5 "${md5}" of ${String(relpath)} is no hash`)
  return { ...factsOf(entry), relpath: String(relpath), md5, stored: storedOf(entry) }
}

function factsOf(entry: YamlMap) {
  const size = entry.get('size')
  return {
    size: typeof size === 'number' ? size : undefined,
    isexec: entry.get('isexec') === true,
  }
}

function storedOf(entry: YamlMap): RecordedVersion | null {
  const cloud = entry.get('cloud')
  const [[remote, said] = [null, entry]] = isYamlMap(cloud) ? [...cloud] : []
  const told = isYamlMap(said) ? said : new Map<string, YamlValue>()
  const [etag, version] = [textOf(told.get('etag')), textOf(told.get('version_id'))]
  return etag === undefined && version === undefined ? null : { remote, etag, version }
}

function textOf(value: YamlValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

function invalid(file: string, detail: string) {
  return datasetErrors.DATASET_FILE_INVALID({ detail, path: file })
}

/** An entry that lists its files, in place of the hash of the whole: DVC makes that anew from the list. */
export function withListedFiles(entry: YamlMap, files: readonly RecordedFile[]): YamlMap {
  const next = new Map(entry)
  for (const key of ['md5', 'size', 'nfiles', 'isexec', 'cloud']) next.delete(key)
  return next.set('files', files.map(fileEntry))
}

function fileEntry({ relpath, md5, size, isexec, stored }: RecordedFile): YamlMap {
  const entry = new Map<string, YamlValue>([
    ['relpath', relpath],
    ['md5', md5],
  ])
  if (size !== undefined) entry.set('size', size)
  if (isexec) entry.set('isexec', true)
  return stored === null ? entry : withVersion(entry, stored)
}

/** The entry of a file with the version that holds its content. */
export function withVersion(entry: YamlMap, { remote, etag, version }: RecordedVersion): YamlMap {
  const next = new Map(entry)
  for (const key of ['etag', 'version_id']) next.delete(key)
  const told: (readonly [string, YamlValue])[] = []
  if (etag !== undefined) told.push(['etag', etag])
  if (version !== undefined) told.push(['version_id', version])
  if (remote !== null) return next.set('cloud', new Map([[remote, new Map(told)]]))
  // Without a remote DVC names the version first.
  return new Map([...next, ...told.toReversed()])
}

/** Whether the entry of an import says which versions it took from a store that keeps them. */
export function keepsVersions(entry: YamlMap): boolean {
  return entry.has('version_id') || entry.has('files')
}
