import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setFaultHook } from '../fault-points.ts'
import { MOST_PARTS, PART_BYTES, readParts, writeParts } from './file-parts.ts'

const MIB = 1 << 20

let folder: string
let source: FileHandle
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-parts-'))
})
afterEach(async () => {
  setFaultHook(null)
  await source.close()
  rmSync(folder, { recursive: true })
})

async function openSource(bytes: Buffer): Promise<void> {
  writeFileSync(join(folder, 'source'), bytes)
  source = await open(join(folder, 'source'), 'r')
}

test.each([
  ['nothing', 0],
  ['less than a part', 10],
  ['whole parts', 2 * PART_BYTES],
  ['more parts than there are buffers', (MOST_PARTS + 2) * PART_BYTES + 3],
])('%s is read whole and in order, and its copy is the same', async (_, length) => {
  const bytes = randomBytes(length)
  await openSource(bytes)
  const copy = await open(join(folder, 'copy'), 'wx')
  const writer = writeParts(copy, { sync: true })
  const lengths: number[] = []
  for await (const part of readParts(source, length)) {
    lengths.push(part.bytes.length)
    part.releaseAfter(writer.write(part.bytes))
  }
  await writer.finish()
  await copy.close()
  expect(lengths.slice(0, -1).every((each) => each === PART_BYTES)).toBe(true)
  expect(readFileSync(join(folder, 'copy')).equals(bytes)).toBe(true)
})

test('a buffer is not read into while its part is still in use, and no part comes beyond the ring', async () => {
  const bytes = randomBytes((MOST_PARTS + 1) * PART_BYTES)
  await openSource(bytes)
  const parts = readParts(source, bytes.length)
  const kept: Buffer[] = []
  const released: (() => void)[] = []
  for (let turn = 0; turn < MOST_PARTS; turn++) {
    const { value } = await parts.next()
    kept.push(value?.bytes ?? Buffer.alloc(0))
    value?.releaseAfter(new Promise<void>((resolve) => released.push(resolve)))
  }
  const next = parts.next()
  const soon = new Promise((resolve) => setTimeout(() => resolve('waits'), 20))
  expect(await Promise.race([next, soon])).toBe('waits')
  expect(Buffer.concat(kept).equals(bytes.subarray(0, MOST_PARTS * PART_BYTES))).toBe(true)
  released[0]?.()
  expect((await next).value?.bytes.equals(bytes.subarray(-PART_BYTES))).toBe(true)
})

test('a write that fails is thrown at the end, also that of the last part', async () => {
  await openSource(Buffer.alloc(MIB))
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  setFaultHook(() => {
    throw full
  })
  const copy = await open(join(folder, 'copy'), 'wx')
  const writer = writeParts(copy, { sync: false })
  for await (const part of readParts(source, MIB)) part.releaseAfter(writer.write(part.bytes))
  await expect(writer.finish()).rejects.toBe(full)
  await copy.close()
})
