import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of Ratchet itself, as its package.json has it. */
export function packageVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
