import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followParts, PART_BYTES } from './follow-parts.ts'

let folder: string
let file: FileHandle
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-parts-'))
  writeFileSync(path(), '')
  file = await open(path(), 'r')
})
afterEach(async () => {
  await file.close()
  rmSync(folder, { recursive: true })
})

const path = (): string => join(folder, 'file')

async function follow(growing: Promise<unknown>): Promise<readonly Buffer[]> {
  const parts: Buffer[] = []
  for await (const part of followParts(file, growing)) parts.push(Buffer.from(part))
  return parts
}

test.each([
  ['nothing', 0],
  ['less than a part', 10],
  ['whole parts', 2 * PART_BYTES],
  ['parts and a rest', 3 * PART_BYTES + 3],
])('%s is read in order, whole parts but for the last', async (_, length) => {
  const bytes = randomBytes(length)
  appendFileSync(path(), bytes)
  const parts = await follow(Promise.resolve())
  expect(Buffer.concat(parts).equals(bytes)).toBe(true)
  expect(parts.slice(0, -1).every((part) => part.length === PART_BYTES)).toBe(true)
})

test('what still grows is followed to its end, which may come in the middle of a part', async () => {
  const bytes = randomBytes(PART_BYTES + 1000)
  const grow = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; at += 1_000_000) {
      appendFileSync(path(), bytes.subarray(at, at + 1_000_000))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const parts = await follow(grow())
  expect(parts.map(({ length }) => length)).toEqual([PART_BYTES, 1000])
  expect(Buffer.concat(parts).equals(bytes)).toBe(true)
})

test('that it could not be written to its end is thrown', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  const failing = new Promise((_, reject) => {
    setTimeout(() => reject(full), 5)
  })
  await expect(follow(failing)).rejects.toBe(full)
})
