import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initDataProject } from './index.ts'
import { lookAtAll } from './look-at-all.ts'
import { type DataProject, openDataProject } from './project.ts'
import { setSignature, SIGNATURE_WORDS } from './workers/signature.ts'

// In memory where there is such a place: making so many files is not what is tested.
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

let root: string
let project: DataProject
beforeEach(() => {
  root = mkdtempSync(join(ROOM, 'ratchet-look-'))
  initDataProject(root)
  project = openDataProject(root, { jobs: 2 })
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

// More than are looked at in one thread.
const FILES = 10_500

function writeMany(): void {
  for (let index = 0; index < FILES; index++) {
    const folder = join(root, 'data', String(index % 7))
    if (index < 7) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${index}`), '')
  }
}

test('what threads saw stands at its place, links too', async () => {
  writeMany()
  writeFileSync(join(root, 'elsewhere'), 'a longer one')
  symlinkSync(join(root, 'elsewhere'), join(root, 'data/3/link'))
  const { relpaths, signatures } = await lookAtAll(project, 'data', FILES)
  expect(relpaths).toHaveLength(FILES + 1)
  expect(relpaths).toEqual(relpaths.toSorted((a, b) => (a < b ? -1 : 1)))
  const expected = new Float64Array(SIGNATURE_WORDS * relpaths.length)
  for (const [index, relpath] of relpaths.entries()) {
    const path = relpath === '3/link' ? 'elsewhere' : `data/${relpath}`
    setSignature(expected, index, lstatSync(join(root, path)))
  }
  expect(signatures).toEqual(expected)
})

test('what is no file is refused with its name, whoever looks at it', async () => {
  writeMany()
  for (const name of ['0/0 socket', '6/zz socket']) {
    const path = join(root, 'data', name)
    const server = createServer().listen(path)
    await once(server, 'listening')
    const code = 'DATASET_UNSUPPORTED_FILE'
    await expect(lookAtAll(project, 'data')).rejects.toMatchObject({ code, path })
    server.close()
    await once(server, 'close')
  }
})
