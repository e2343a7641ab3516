import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../base/time.ts'
import { initDataProject } from '../datasets/index.ts'
import type { ReproDeps } from './runner.ts'

/** A Git and DVC project in a folder of its own. */
export interface TestProject extends ReproDeps {
  readonly write: (path: string, text: string, mode?: number) => void
  readonly read: (path: string) => string
  readonly remove: () => void
}

export function testProject(files: Readonly<Record<string, string>> = {}): TestProject {
  const root = mkdtempSync(join(tmpdir(), 'ratchet-pipe-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    chmodSync(join(root, path), mode)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  return {
    root,
    stateDir: join(root, '.ratchet'),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    clock: systemClock,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
