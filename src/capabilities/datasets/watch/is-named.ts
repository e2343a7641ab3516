import { matchesGlob, relative, resolve } from 'node:path'
import { type DvcSettings, readDvcSettings } from '../config.ts'
import { remoteNames, remoteSettings } from '../remotes/settings.ts'
import { placeOf } from './place.ts'

/**
 * Whether an address that someone told of (`s3://sales/weekly/3.parquet`, a path) is one of a watch's files. What names no
 * file of it is no error: stores tell of whole buckets.
 */
export function isNamed(projectRoot: string, pattern: string, address: string): boolean {
  const { base, glob, remote } = placeOf(pattern)
  const told = address.includes('://')
  if (!remote || !told)
    return (
      !remote &&
      !told &&
      matchesGlob(relative(resolve(projectRoot, base), resolve(projectRoot, address)), glob)
    )
  const from = resolvedBase(base, readDvcSettings(projectRoot))
  return address.startsWith(`${from}/`) && matchesGlob(address.slice(from.length + 1), glob)
}

/** `remote://NAME/weekly` is where the configuration says that the remote is. */
function resolvedBase(base: string, settings: DvcSettings): string {
  const named = /^remote:\/\/([^/]+)\/?(.*)$/.exec(base)
  const [, name = '', rest = ''] = named ?? []
  if (!remoteNames(settings).includes(name)) return base
  const url = remoteSettings(settings, name).url.replace(/\/+$/, '')
  return rest === '' ? url : `${url}/${rest}`
}
