import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Makes the folder of what we remember. A project that `ratchet init` never saw has no line for it in its .gitignore. */
export function makeStateFolder(folder: string): void {
  const ignore = join(folder, '.gitignore')
  if (existsSync(ignore)) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(ignore, '*\n')
}
