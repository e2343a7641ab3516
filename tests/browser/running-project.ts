import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '../../src/storage/database/migrate.ts'
import { openSqlite } from '../../src/storage/database/sqlite.ts'
import { LAUNCHER, startOnFreePorts } from './stays-up.ts'

const BUILD = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
const ADDRESS = /page and API\s+(http:\/\/\S+)/

export interface RunningProject {
  readonly url: string
  readonly folder: string
  readonly close: () => Promise<void>
}

/** A project of its own with both planes up; `prepare` gets its database before anyone has opened it. */
export async function startProject(
  prepare: (file: string) => void | Promise<void>,
): Promise<RunningProject> {
  execFileSync(process.execPath, [BUILD, '--web-if-stale'])
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-browser-'))
  execFileSync('git', ['init', '--quiet', folder])
  execFileSync(LAUNCHER, ['init', '--name', 'tried'], { cwd: folder })
  mkdirSync(join(folder, '.ratchet'), { recursive: true })
  const file = join(folder, '.ratchet/ratchet.db')
  const database = openSqlite({ file })
  await migrate(database)
  await database.close()
  await prepare(file)
  const planes = await startOnFreePorts(['up'], { cwd: folder, address: ADDRESS })
  return {
    url: planes.url,
    folder,
    close: async () => {
      await planes.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
