import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '../../src/storage/database/migrate.ts'
import { openSqlite } from '../../src/storage/database/sqlite.ts'
import { freePort } from '../free-port.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/ratchet', import.meta.url))
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
  const { url, stop } = await up(folder)
  return {
    url,
    folder,
    close: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function up(cwd: string) {
  const [port, inferencePort] = await Promise.all([freePort(), freePort()])
  const ports = ['--port', String(port), '--inference-port', String(inferencePort)]
  const planes = spawn(LAUNCHER, ['up', ...ports], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => planes.once('exit', () => resolve()))
  const stop = async () => {
    planes.kill('SIGINT')
    await ended
  }
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const found = ADDRESS.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    planes.stdout.on('data', listen)
    planes.stderr.on('data', listen)
    void ended.then(() => reject(new Error(`The planes ended early:\n${said}`)))
  })
  return { url, stop }
}
