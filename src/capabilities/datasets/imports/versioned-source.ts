import { join } from 'node:path'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { openAnyRemote } from '../remotes/open.ts'
import { eachAtOnce, type Remote, type RemoteObject } from '../remotes/port.ts'
import { withRetries } from '../remotes/retry.ts'
import { remoteSettings } from '../remotes/settings.ts'
import { valuesOf } from '../remotes/values.ts'
import { compareCodePoints } from '../python-json.ts'
import { isYamlMap, type YamlMap, type YamlValue } from '../yaml-values.ts'
import { holdEach } from './held-files.ts'
import type { ImportSource } from './source.ts'
import { lookAt, placeOf, receive, safeName, type StorePlace } from './store-source.ts'

export interface VersionedAddress {
  readonly url: string
  /** The record says so itself (`fs_config`), not the settings of its remote. */
  readonly declared: boolean
  /** The version of a file to take instead of the newest. */
  readonly rev?: string | undefined
  /** What was recorded before: its versions are taken, whatever is the newest now. */
  readonly recorded?: YamlMap | undefined
}

/** Whether the settings of the remote that an address names make every import from it one of versions. */
export function isVersionAware(project: Pick<DataProject, 'settings'>, url: string): boolean {
  const [, name] = /^remote:\/\/([^/]+)/.exec(url) ?? []
  if (name === undefined) return false
  const { flag } = valuesOf(remoteSettings(project.settings, name))
  return flag('version_aware') ?? flag('worktree') ?? false
}

/** An object of a store that keeps versions, or all that lies below a name, each in the version that is recorded. */
export function versionedSource(
  project: Pick<DataProject, 'settings'>,
  { url, declared, rev, recorded }: VersionedAddress,
): ImportSource {
  const place = placeOf(url)
  let seen = recorded === undefined ? null : filesRecorded(recorded)
  const using = async <T>(
    work: (remote: Remote, files: readonly SourceFile[]) => Promise<T>,
  ): Promise<T> => {
    const remote = await openAnyRemote(project, place.remote)
    try {
      seen ??= await filesNow(remote, place, { url, rev })
      return await work(remote, seen)
    } finally {
      await remote.close()
    }
  }
  const bring = (remote: Remote, file: SourceFile, target: string): Promise<void> =>
    receive(remote, { key: keyOf(place, file), version: file.version }, target)
  return {
    name: place.name,
    entry: () => using(async (_, files) => entryOf(files, { url, declared })),
    download: (target) =>
      using((remote, files) =>
        eachAtOnce(files, { jobs: remote.jobs }, (file) =>
          bring(remote, file, file.relpath === null ? target : join(target, file.relpath)),
        ),
      ),
    eachFile: (...held) =>
      using((remote, files) => {
        const known = new Map(files.map((file) => [file.relpath, file]))
        const receiveOne = async (relpath: string | null, target: string): Promise<void> => {
          const file = known.get(relpath)
          if (file !== undefined) await bring(remote, file, target)
        }
        return holdEach([...known.keys()], receiveOne, ...held)
      }),
  }
}

interface SourceFile {
  /** Null for a source that is one file. */
  readonly relpath: string | null
  readonly etag: string | undefined
  readonly size: number
  readonly version: string | undefined
}

function keyOf({ key }: StorePlace, { relpath }: SourceFile): string {
  return relpath === null ? key : `${key}/${relpath}`
}

async function filesNow(
  remote: Remote,
  place: StorePlace,
  { url, rev }: Pick<VersionedAddress, 'url' | 'rev'>,
): Promise<readonly SourceFile[]> {
  const found = await lookAt(remote, place.key, url, rev)
  if (found.kind === 'object') return [fileOf(found.object, null, url)]
  const files: SourceFile[] = []
  await eachAtOnce(found.objects, { jobs: remote.jobs }, async ({ key }) => {
    const object = await withRetries(() => remote.head(key), {})
    // What went meanwhile is not there.
    if (object !== null) files.push(fileOf(object, safeName(key, found.prefix, url), url))
  })
  return files.toSorted((a, b) => compareCodePoints(a.relpath ?? '', b.relpath ?? ''))
}

function fileOf(object: RemoteObject, relpath: string | null, url: string): SourceFile {
  const { etag, size, version } = object
  if (version !== undefined) return { relpath, etag, size, version }
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `${url} lies in a store that names no version of it`,
    path: url,
    next: 'Turn on versions for the bucket or container, or import it without --version-aware.',
  })
}

function filesRecorded(entry: YamlMap): readonly SourceFile[] {
  const listed = entry.get('files')
  const entries = Array.isArray(listed) ? listed.filter(isYamlMap) : [entry]
  return entries.map((said) => {
    const relpath = said.get('relpath')
    const [etag, version] = [said.get('etag'), said.get('version_id')]
    return {
      relpath: relpath === undefined ? null : safeName(String(relpath), '', String(relpath)),
      etag: etag === undefined ? undefined : String(etag),
      size: Number(said.get('size') ?? 0),
      version: version === undefined ? undefined : String(version),
    }
  })
}

function entryOf(
  files: readonly SourceFile[],
  { url, declared }: Pick<VersionedAddress, 'url' | 'declared'>,
): YamlMap {
  const [first] = files
  const isFile = first !== undefined && first.relpath === null
  const entry = new Map<string, YamlValue>(isFile ? factsOf(first) : [])
  entry.set('hash', 'md5').set('path', url)
  if (declared) entry.set('fs_config', new Map([['version_aware', true]]))
  if (!isFile) entry.set('files', files.map(listedFile))
  return entry
}

function listedFile(file: SourceFile): YamlMap {
  return new Map<string, YamlValue>([['relpath', file.relpath ?? ''], ...factsOf(file)])
}

function factsOf({ etag, size, version }: SourceFile): readonly (readonly [string, YamlValue])[] {
  return [
    ...(etag === undefined ? [] : ([['etag', etag]] as const)),
    ['size', size],
    ...(version === undefined ? [] : ([['version_id', version]] as const)),
  ]
}
