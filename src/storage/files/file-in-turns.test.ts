import { createServer } from 'node:http'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../base/hash.ts'
import { fileInTurns } from './file-in-turns.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-turns-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function someFile(size: number) {
  const content = Buffer.alloc(size)
  for (let index = 0; index < size; index += 101) content[index] = (index * 7) % 253
  const file = join(folder, 'file.bin')
  writeFileSync(file, content)
  return { content, file }
}

/** What a client receives that takes its time now and then. */
async function receive(file: string, part: { start: number; end: number }): Promise<Buffer> {
  const server = createServer((_request, response) => {
    void open(file).then((handle) =>
      fileInTurns(handle, part)
        .on('error', (error) => response.destroy(error))
        .pipe(response),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const chunks: Uint8Array[] = []
    for await (const chunk of answer.body ?? []) {
      if (chunks.push(chunk) % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return Buffer.concat(chunks)
  } finally {
    server.close()
  }
}

it('brings all of a large file to a client, whatever its pace', async () => {
  const { content, file } = someFile(9_000_001)
  const received = await receive(file, { start: 0, end: content.length - 1 })
  expect([received.length, sha256(received)]).toEqual([content.length, sha256(content)])
})

it('brings a part, and nothing of an empty file', async () => {
  const { content, file } = someFile(1_000_000)
  const received = await receive(file, { start: 300_001, end: 900_000 })
  expect(received.equals(content.subarray(300_001, 900_001))).toBe(true)
  truncateSync(file, 0)
  expect(await receive(file, { start: 0, end: -1 })).toHaveLength(0)
})

it('breaks off when the file has become shorter', async () => {
  const { file } = someFile(1000)
  await expect(receive(file, { start: 0, end: 5000 })).rejects.toThrow(/terminated|aborted/)
})
