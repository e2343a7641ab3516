import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Makes Ratchet's folder where it is missing, and tells Git by a file in it that it is none of its business. */
export function makeStateFolder(stateDir: string): void {
  if (existsSync(stateDir)) return
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(join(stateDir, '.gitignore'), '*\n')
}
