import { datasetErrors } from '../errors.ts'
import { resolvePath, type RemoteSettings } from './settings.ts'

/** The settings of a remote, read by what they mean. Keys as DVC names them. */
export interface RemoteValues {
  readonly text: (key: string) => string | undefined
  /** A path: from the file that names it. */
  readonly path: (key: string) => string | undefined
  readonly number: (key: string) => number | undefined
  readonly flag: (key: string) => boolean | undefined
}

export function valuesOf({ values }: RemoteSettings): RemoteValues {
  const text = (key: string): string | undefined => {
    const value = values.get(key)?.text
    return value === '' ? undefined : value
  }
  return {
    text,
    path: (key) => {
      const value = values.get(key)
      return value === undefined ? undefined : resolvePath(value)
    },
    number: (key) => {
      const value = Number(text(key) ?? Number.NaN)
      return Number.isFinite(value) ? value : undefined
    },
    flag: (key) => {
      const value = text(key)
      return value === undefined ? undefined : /^(true|yes|on|1)$/i.test(value)
    },
  }
}

/**
 * The parts of `scheme://bucket/folder`; the folder without slashes around it.
 * @throws DATASET_FILE_INVALID, which shows the `form` that is expected
 */
export function bucketAddress({ name, url }: RemoteSettings, form: string) {
  const [, bucket = '', folder = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)\/*(.*)$/i.exec(url) ?? []
  if (bucket !== '') return { bucket, folder: folder.replace(/\/+$/, '') }
  throw datasetErrors.DATASET_FILE_INVALID({
    detail: `the address "${url}" of remote "${name}" is incomplete; expected ${form}`,
    path: `remote.${name}.url`,
  })
}

/** Names of objects below the folder of an address, and back. */
export function keyNames(folder: string) {
  const start = folder === '' ? '' : `${folder}/`
  return {
    inside: (key: string): string => start + key,
    outside: (name: string): string => name.slice(start.length),
  }
}

/** The signal as the library of Amazon takes it. */
export function abortable(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}
