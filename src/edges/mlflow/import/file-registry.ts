import { join } from 'node:path'
import { foldersOf, numberOf, readMeta, textOf, valueFiles } from './meta-file.ts'
import type { Guarded, SourceModel, SourceVersion } from './source.ts'

/** The registry of a file store: `models/<name>/version-<n>`. */
export async function* readFileModels(
  folder: string,
  guarded: Guarded,
): AsyncIterable<SourceModel> {
  for (const key of foldersOf(folder)) {
    const model = guarded('models', key, () => readModel(join(folder, key), key))
    if (model !== null) yield model
  }
}

function readModel(folder: string, key: string): SourceModel | null {
  const meta = readMeta(folder)
  if (meta === null) return null
  const createdAt = numberOf(meta, 'creation_timestamp') ?? 0
  return {
    key,
    name: textOf(meta, 'name') ?? key,
    description: textOf(meta, 'description'),
    createdAt,
    updatedAt: numberOf(meta, 'last_updated_timestamp') ?? createdAt,
    tags: tagsOf(join(folder, 'tags')),
    aliases: valueFiles(join(folder, 'aliases')).map(({ key: alias, value }) => ({
      alias,
      version: Number(value),
    })),
  }
}

function tagsOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(valueFiles(folder).map(({ key, value }) => [key, value]))
}

export async function* readFileVersions(
  folder: string,
  { name }: SourceModel,
  guarded: Guarded,
): AsyncIterable<SourceVersion> {
  for (const entry of foldersOf(folder)) {
    const version = Number(/^version-(\d{1,9})$/.exec(entry)?.[1] ?? 0)
    const read = () => (version === 0 ? null : readVersion(join(folder, entry), version))
    const found = guarded('versions', `${name}/${version}`, read)
    if (found !== null) yield found
  }
}

function readVersion(folder: string, version: number): SourceVersion | null {
  const meta = readMeta(folder)
  if (meta === null) return null
  const createdAt = numberOf(meta, 'creation_timestamp') ?? 0
  return {
    version,
    description: textOf(meta, 'description'),
    userId: textOf(meta, 'user_id'),
    stage: textOf(meta, 'current_stage') ?? 'None',
    status: textOf(meta, 'status') ?? 'READY',
    source: textOf(meta, 'source') ?? '',
    storageLocation: textOf(meta, 'storage_location'),
    loggedModelId: textOf(meta, 'model_id'),
    runId: textOf(meta, 'run_id'),
    runLink: textOf(meta, 'run_link'),
    createdAt,
    updatedAt: numberOf(meta, 'last_updated_timestamp') ?? createdAt,
    tags: tagsOf(join(folder, 'tags')),
  }
}
