import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-atomic-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** In a process that may write no file of more than 1024 bytes: a write is then cut short, as on a full disk. */
function writeOnSmallDisk(module: string, call: string): string {
  const program = `import('${resolve(module)}').then((it) => it.${call}).catch((error) => console.log(error.code))`
  const limited = `trap '' XFSZ; ulimit -f 1; exec "$0" -e "$1"`
  return execFileSync('bash', ['-c', limited, process.execPath, program], {
    encoding: 'utf8',
  }).trim()
}

test.each([
  ['src/storage/files/atomic.ts', 'writeFileAtomically', 'EFBIG'],
  ['src/capabilities/datasets/write-atomically.ts', 'writeAtomically', 'EFBIG'],
  ['src/capabilities/datasets/write-atomically.ts', 'writeAtomicallyInBackground', 'EFBIG'],
])(
  '%s: what does not fit whole leaves the old text, and nothing beside it',
  (module, name, code) => {
    const file = join(folder, 'file')
    writeFileSync(file, 'old')
    const call = `${name}('${file}', 'x'.repeat(1500))`
    expect(writeOnSmallDisk(module, call)).toBe(code)
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['file'])
  },
)
