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

/** `scheme://place/folder` in parts; the folder without slashes around it. */
export function bucketAddress(url: string): { readonly bucket: string; readonly folder: string } {
  const [, bucket = '', folder = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)\/*(.*)$/i.exec(url) ?? []
  return { bucket, folder: folder.replace(/\/+$/, '') }
}

/** Names of objects below the folder of an address, and back. */
export function keyNames(folder: string) {
  const start = folder === '' ? '' : `${folder}/`
  return {
    inside: (key: string): string => start + key,
    outside: (name: string): string => name.slice(start.length),
  }
}

/** The signal as the libraries of Amazon and Microsoft take it. */
export function abortable(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}
