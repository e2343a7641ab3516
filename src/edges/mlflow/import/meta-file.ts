import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, parseDocument } from 'yaml'
import type { KeyValue } from '../../../capabilities/tracking/index.ts'

/** A meta.yaml read as text: PyYAML writes `1e5` for a string that YAML 1.2 takes for a number. */
export type Meta = ReadonlyMap<string, string | null | Meta>

// The profile of a dataset may have 16 MiB.
const LARGEST_FILE = 64 * 2 ** 20

/** The names in a folder that are folders or plain files; none where there is no folder. Links are left alone. */
export function entriesOf(
  folder: string,
): readonly { readonly name: string; readonly isFolder: boolean }[] {
  if (!isPlainFolder(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

export function foldersOf(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isFolder)
    .map((entry) => entry.name)
}

/** A link could lead anywhere: only what really lies in the tree is read. */
function isPlainFolder(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
}

/** @throws Error that says what is wrong with the file */
export function readText(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = fstatSync(handle)
    if (!found.isFile()) throw new Error(`${file} is no plain file`)
    if (found.size > LARGEST_FILE) throw new Error(`${file} has ${found.size} bytes`)
    return readFileSync(handle, 'utf8')
  } finally {
    closeSync(handle)
  }
}

/** `null` where there is none. @throws Error that says what is wrong with it */
export function readMeta(folder: string): Meta | null {
  const file = join(folder, 'meta.yaml')
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return null
  const document = parseDocument(readText(file), { schema: 'failsafe', uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw new Error(`${file}: ${error.message.split('\n')[0] ?? ''}`)
  const meta = toMeta(document.contents)
  if (!(meta instanceof Map)) throw new Error(`${file} holds no mapping`)
  return meta
}

function toMeta(node: unknown): string | null | Meta {
  if (isMap(node))
    return new Map(
      node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', toMeta(value)]),
    )
  if (!isScalar(node)) return null
  const text = String(node.value ?? '')
  const isPlain = node.type === 'PLAIN'
  return isPlain && ['', '~', 'null'].includes(text) ? null : text
}

export function textOf(meta: Meta, key: string): string | null {
  const value = meta.get(key)
  return typeof value === 'string' ? value : null
}

export function numberOf(meta: Meta, key: string): number | null {
  const text = textOf(meta, key)
  const value = text === null ? Number.NaN : Number(text)
  return Number.isFinite(value) ? Math.trunc(value) : null
}

export function valuesOf(meta: Meta, key: string): readonly KeyValue[] {
  const map = meta.get(key)
  if (!(map instanceof Map)) return []
  return [...map].map(([name, value]) => ({
    key: name,
    value: typeof value === 'string' ? value : '',
  }))
}

/** Files of a folder as values; a name with slashes lies in folders. */
export function valueFiles(folder: string, prefix = ''): readonly KeyValue[] {
  return keyFiles(folder, prefix).map(({ key, file }) => ({ key, value: readText(file) }))
}

export function keyFiles(
  folder: string,
  prefix = '',
): readonly { readonly key: string; readonly file: string }[] {
  return entriesOf(folder).flatMap(({ name, isFolder }) =>
    isFolder
      ? keyFiles(join(folder, name), `${prefix}${name}/`)
      : [{ key: `${prefix}${name}`, file: join(folder, name) }],
  )
}

/** A meta.yaml that speaks of another thing than the folder it lies in would put that thing's files elsewhere. */
export function requireSame(what: string, said: string | null, is: string): void {
  if (said !== null && said !== is)
    throw new Error(`meta.yaml says ${what} ${JSON.stringify(said)} in the folder ${is}`)
}

export function lifecycleOf(meta: Meta): 'active' | 'deleted' {
  return textOf(meta, 'lifecycle_stage') === 'deleted' ? 'deleted' : 'active'
}
