import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { replaceDurably } from './durable-file.ts'
import { writeBehind } from './write-behind.ts'

const MEGABYTE = 1024 * 1024

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-durable-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Chunks of odd sizes, so that blocks do not end where chunks do. */
async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0, size = 1; start < content.length; start += size, size = (size * 7) % 99_991)
    yield content.subarray(start, start + size)
}

function someBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let index = 0; index < size; index += 1009) bytes[index] = index % 251
  return bytes
}

it.each([0, 1, 64 * 1024, MEGABYTE + 1, 9 * MEGABYTE + 17])(
  'writes %i bytes as they come',
  async (size) => {
    const content = someBytes(size)
    const file = join(folder, 'deep', 'down', 'file.bin')
    expect(await replaceDurably(file, chunksOf(content))).toBe(size)
    expect(readFileSync(file).equals(content)).toBe(true)
  },
)

it('leaves the file as it was when its content ends with an error', async () => {
  const file = join(folder, 'file.bin')
  await replaceDurably(file, Buffer.from('before'))
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield someBytes(3 * MEGABYTE)
    throw new Error('the client is gone')
  }
  await expect(replaceDurably(file, broken())).rejects.toThrow('the client is gone')
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(readdirSync(folder)).toEqual(['file.bin'])
})

it('gives back the memory of chunks that nobody else has, and of no others', async () => {
  const shared = someBytes(4 * MEGABYTE)
  const own = Array.from({ length: 4 }, () => new Uint8Array(MEGABYTE).fill(7))
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield shared.subarray(0, 2 * MEGABYTE)
    yield* own
    yield shared.subarray(2 * MEGABYTE)
  }
  const file = join(folder, 'file.bin')
  await replaceDurably(file, chunks(), { chunksAreGiven: true })
  expect(own.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0])
  const written = readFileSync(file)
  expect(written.subarray(0, 2 * MEGABYTE).equals(shared.subarray(0, 2 * MEGABYTE))).toBe(true)
  expect(written.subarray(2 * MEGABYTE, 6 * MEGABYTE).every((byte) => byte === 7)).toBe(true)
  expect(written.subarray(6 * MEGABYTE).equals(shared.subarray(2 * MEGABYTE))).toBe(true)
})

it('tells of a write that failed while more was received', async () => {
  const file = join(folder, 'file.bin')
  await replaceDurably(file, Buffer.from('before'))
  const descriptor = openSync(file, 'r')
  const toRead = writeBehind(descriptor)
  await toRead.add(someBytes(MEGABYTE))
  await expect(toRead.add(someBytes(MEGABYTE))).rejects.toMatchObject({ code: 'EBADF' })
  await toRead.settled()
  closeSync(descriptor)
})
