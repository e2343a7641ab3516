import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { eachAtOnce } from '../remotes/port.ts'
import { remoteSettings } from '../remotes/settings.ts'
import { withHash } from '../stage-document.ts'
import type { YamlMap } from '../yaml-values.ts'
import { filesIn, hashOutside } from './hash-outside.ts'
import { type EachFile, holdEach } from './held-files.ts'
import { downloadHttp, httpEntry } from './http-source.ts'
import { storeSource } from './store-source.ts'
import { isVersionAware, versionedSource } from './versioned-source.ts'

/** Where imported data comes from, and how it is told whether it changed there. */
export interface ImportSource {
  /** The name the data has there. */
  readonly name: string
  /** The entry of `deps` as it is now. */
  readonly entry: () => Promise<YamlMap>
  readonly download: (target: string) => Promise<void>
  readonly eachFile: EachFile
}

export interface SourceAddress {
  /** A path, an address, or `remote://NAME/PATH`. */
  readonly url: string
  /** Where a relative path starts. */
  readonly from: string
  /** The folder of the `.dvc` file that will say it. */
  readonly wdir: string
  /** Records the versions of a store that keeps them. */
  readonly versionAware?: boolean | undefined
  /** With versions: that of a file to take instead of the newest. */
  readonly rev?: string | undefined
}

/** @throws DATASET_NOT_FOUND, DATASET_REMOTE_UNSUPPORTED */
export function importSource(project: DataProject, address: SourceAddress): ImportSource {
  const { url, versionAware = false, rev } = address
  refuseVersionIn(url)
  if (versionAware && !/^(s3|gs|azure|remote):\/\//i.test(url))
    throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
      detail: `${url} lies nowhere that keeps versions; s3://, gs://, azure:// and remote:// may`,
      path: url,
      next: 'Import it without --version-aware.',
    })
  if (versionAware || isVersionAware(project, url))
    return versionedSource(project, { url, declared: versionAware, rev })
  if (/^https?:\/\//i.test(url)) {
    const name = decodeURIComponent(basename(new URL(url).pathname))
    const download = (target: string): Promise<void> => downloadHttp(url, target)
    return {
      name,
      entry: () => httpEntry(url),
      download,
      eachFile: (...held) => holdEach([null], (_, target) => download(target), ...held),
    }
  }
  const folder = folderMeant(project, url)
  if (folder !== null) return localSource(project, { ...address, url: folder }, url)
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url)) return storeSource(project, url)
  return localSource(project, address)
}

/** Where a path of a remote lies that is a folder of this machine: there contents are told by their hash; else null. */
function folderMeant({ settings }: DataProject, url: string): string | null {
  const [, name, path = ''] = /^remote:\/\/([^/]+)(.*)$/i.exec(url) ?? []
  if (name === undefined) return null
  const remote = remoteSettings(settings, name)
  return isAbsolute(remote.url) ? join(remote.url, path) : null
}

// DVC records the newest version beside such an address, and then cannot read its own record.
function refuseVersionIn(url: string): void {
  const [, plain, rev] = /^(.*)[?&]versionid=([^&]*)/i.exec(url) ?? []
  if (plain === undefined || /^https?:/i.test(url)) return
  throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
    detail: `${url} names a version, which dvc cannot read in a record`,
    path: url,
    next: `Run \`ratchet import-url --version-aware ${plain}\`, then \`ratchet update --rev ${rev} FILE.dvc\`.`,
  })
}

function localFiles(absolute: string): readonly (string | null)[] {
  return statSync(absolute).isDirectory() ? filesIn(absolute) : [null]
}

function localSource(
  project: DataProject,
  { url, from, wdir }: SourceAddress,
  address?: string,
): ImportSource {
  const absolute = resolve(from, url)
  if (!existsSync(absolute))
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `there is no ${url}`, path: url })
  const inside = !relative(project.root, absolute).startsWith('..')
  const path = inside || !isAbsolute(url) ? relative(join(project.root, wdir), absolute) : url
  const recorded = address ?? path
  return {
    name: basename(absolute),
    entry: async () =>
      withHash(new Map([['path', recorded]]), await hashOutside(project, absolute)),
    download: async (target) => {
      mkdirSync(dirname(target), { recursive: true })
      cpSync(absolute, target, { recursive: true, dereference: true })
    },
    eachFile: (use, atOnce) =>
      eachAtOnce(localFiles(absolute), atOnce, (relpath) =>
        use({ relpath, path: relpath === null ? absolute : join(absolute, relpath) }),
      ),
  }
}
