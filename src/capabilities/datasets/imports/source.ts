import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { eachAtOnce } from '../remotes/port.ts'
import { withHash } from '../stage-document.ts'
import type { YamlMap } from '../yaml-values.ts'
import { filesIn, hashOutside } from './hash-outside.ts'
import { type EachFile, holdEach } from './held-files.ts'
import { downloadHttp, httpEntry } from './http-source.ts'
import { storeSource } from './store-source.ts'

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
}

/** @throws DATASET_NOT_FOUND, DATASET_REMOTE_UNSUPPORTED */
export function importSource(project: DataProject, address: SourceAddress): ImportSource {
  const { url } = address
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
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url)) return storeSource(project, url)
  return localSource(project, address)
}

function localFiles(absolute: string): readonly (string | null)[] {
  return statSync(absolute).isDirectory() ? filesIn(absolute) : [null]
}

function localSource(project: DataProject, { url, from, wdir }: SourceAddress): ImportSource {
  const absolute = resolve(from, url)
  if (!existsSync(absolute))
    throw datasetErrors.DATASET_NOT_FOUND({ detail: `there is no ${url}`, path: url })
  const inside = !relative(project.root, absolute).startsWith('..')
  const recorded = inside || !isAbsolute(url) ? relative(join(project.root, wdir), absolute) : url
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
