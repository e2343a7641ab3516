import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  type ForeignDatabase,
  isSqliteFile,
  openForeignPostgres,
  openForeignSqlite,
} from '../../../storage/database/foreign.ts'
import { createLocator, type LocateArtifacts } from './artifact-roots.ts'
import { isMlflowDatabase, openDatabaseSource } from './database-source.ts'
import { importErrors } from './errors.ts'
import { isFileStore, openFileStore } from './file-store.ts'
import type { MlflowSource, Skip } from './source.ts'

export interface FoundSource {
  readonly open: (skip: Skip) => Promise<MlflowSource>
  readonly locate: LocateArtifacts
}

export interface Where {
  /** A folder, a file, `sqlite:///…` or `postgresql://…`. */
  readonly address: string
  readonly cwd: string
  /** Folders that hold artifacts, named by the user. */
  readonly artifacts: readonly string[]
}

/** What stands at an address. @throws IMPORT_SOURCE_UNKNOWN, IMPORT_SOURCE_OLD, STORAGE_UNAVAILABLE */
export function findSource({ address, cwd, artifacts }: Where): FoundSource {
  const named = artifacts.map((folder) => resolve(cwd, folder))
  // SQLAlchemy's addresses may name the driver.
  const url = address.replace(/^(postgres(?:ql)?)\+\w+:/, '$1:')
  if (/^postgres(ql)?:\/\//.test(url))
    return {
      open: (skip) => openDatabase(() => openForeignPostgres(url), titleOf(url), skip),
      locate: createLocator(named, cwd),
    }
  const path = resolve(cwd, address.replace(/^sqlite:\/\/\//, '').replace(/^file:\/\//, ''))
  const root = fileStoreAt(path)
  if (root !== null)
    return {
      open: async (skip) => openFileStore(root, skip),
      locate: createLocator([...named, root, join(dirname(root), 'mlartifacts')], dirname(root)),
    }
  const file = databaseAt(path)
  const beside = dirname(file)
  const roots = [...named, join(beside, 'mlruns'), join(beside, 'mlartifacts')]
  return {
    open: (skip) =>
      openDatabase(async () => openForeignSqlite(file), `SQLite database ${file}`, skip),
    locate: createLocator(roots, beside),
  }
}

function fileStoreAt(path: string): string | null {
  if (!isFolder(path)) return null
  return [path, join(path, 'mlruns')].find(isFileStore) ?? null
}

function databaseAt(path: string): string {
  const file = isFolder(path) ? join(path, 'mlflow.db') : path
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true && isSqliteFile(file))
    return file
  throw importErrors.IMPORT_SOURCE_UNKNOWN({ detail: path })
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

// Without the password.
function titleOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `PostgreSQL database ${host}${pathname}`
}

async function openDatabase(
  connect: () => Promise<ForeignDatabase>,
  title: string,
  skip: Skip,
): Promise<MlflowSource> {
  const db = await connect()
  try {
    if (!(await isMlflowDatabase(db))) throw importErrors.IMPORT_SOURCE_UNKNOWN({ detail: title })
    // 2.0 gave experiments their times; what has none is older.
    if (!(await db.columns('experiments')).has('creation_time'))
      throw importErrors.IMPORT_SOURCE_OLD({ detail: title })
    return openDatabaseSource(db, title, skip)
  } catch (error) {
    await db.close()
    throw error
  }
}
