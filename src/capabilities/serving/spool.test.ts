import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { segmentPath, SPOOL_START } from './spool-files.ts'
import { deleteSegmentsBefore, readSpool } from './spool-reader.ts'
import { openSpoolWriter, type SpoolWriter } from './spool-writer.ts'

let dir: string
let writer: SpoolWriter | null = null
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spool-'))
})
afterEach(async () => {
  await writer?.close()
  writer = null
  rmSync(dir, { recursive: true, force: true })
})

const line = (index: number, filling = '') =>
  JSON.stringify({
    kind: 'feedback',
    id: `fb_${index}`,
    at: index,
    prediction_id: 'p',
    label: 1,
    source: filling,
  })
const readAll = (maxBytes = 1e9) => {
  const ids: string[] = []
  let cursor = SPOOL_START
  for (;;) {
    const batch = readSpool({ dir, cursor, maxBytes })
    ids.push(...batch.records.map((record) => (record.kind === 'shadow' ? '' : record.id)))
    cursor = batch.cursor
    if (batch.atEnd) return { ids, cursor }
  }
}
const open = (options: Partial<Parameters<typeof openSpoolWriter>[0]> = {}) =>
  (writer = openSpoolWriter({ dir, ...options }))

test('what was appended is read in order, over many segments and in small bites', async () => {
  const spool = open({ rotateBytes: 300 })
  const written = await Promise.all(
    Array.from({ length: 50 }, (_, index) => spool.append(line(index), { keep: true })),
  )
  for (let index = 50; index < 80; index++)
    expect(await spool.append(line(index), { keep: true })).toBe(true)
  expect(written.every(Boolean)).toBe(true)
  expect(readdirSync(dir).length).toBeGreaterThan(5)
  const expected = Array.from({ length: 80 }, (_, index) => `fb_${index}`)
  expect(readAll().ids).toEqual(expected)
  expect(readAll(1).ids).toEqual(expected)
  expect(readAll(400).ids).toEqual(expected)
})

test('flush says where the reader will stand', async () => {
  const spool = open()
  void spool.append(line(1), { keep: true })
  const end = await spool.flush()
  expect(readAll().cursor).toEqual(end)
})

test('a line cut off anywhere is left alone by the reader and cut away at the next start', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: line(2).length }), (length) => {
      const path = segmentPath(dir, 1)
      writeFileSync(path, `${line(1)}\n${line(2).slice(0, length)}`)
      expect(readAll().ids).toEqual(['fb_1'])
      const spool = openSpoolWriter({ dir })
      void spool.close()
      expect(readAll().ids).toEqual(['fb_1'])
      for (const name of readdirSync(dir)) rmSync(join(dir, name))
    }),
    { numRuns: 40 },
  )
})

test('a line that is no record is skipped and counted', () => {
  writeFileSync(segmentPath(dir, 1), `${line(1)}\n\0\0\0\n{"kind":"other"}\n${line(2)}\n`)
  const batch = readSpool({ dir, cursor: SPOOL_START, maxBytes: 1e6 })
  expect(batch.records).toHaveLength(2)
  expect(batch.corrupt).toBe(2)
})

test('each start writes a segment of its own, and the highest is never deleted', async () => {
  await open().append(line(1), { keep: true })
  await writer?.close()
  await open().append(line(2), { keep: true })
  expect(readdirSync(dir)).toHaveLength(2)
  expect(deleteSegmentsBefore(dir, 99)).toBe(1)
  expect(readAll().ids).toEqual(['fb_2'])
  await writer?.close()
  open()
  expect(readdirSync(dir)).toContain('000000000003.log')
})

test('a full disk: predictions wait in memory and are written later, once; feedback is refused', async () => {
  let full = true
  const spool = open({
    sync: async () => {
      if (full) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    },
  })
  expect(await spool.append(line(1), { keep: true })).toBe(false)
  expect(await spool.append(line(2), { keep: false })).toBe(false)
  expect(spool.health()).toMatchObject({ held: 1, lost: 0 })
  expect(readAll().ids).toEqual([])
  full = false
  await expect.poll(() => readAll().ids, { timeout: 4000 }).toEqual(['fb_1'])
  expect(spool.health()).toEqual({ held: 0, lost: 0, failure: null })
  expect(await spool.append(line(3), { keep: true })).toBe(true)
  expect(readAll().ids).toEqual(['fb_1', 'fb_3'])
})

test('a folder that cannot be made yet does not stop the start; the records follow', async () => {
  const blocked = join(dir, 'blocked')
  writeFileSync(blocked, 'a file where the folder should be')
  const spool = (writer = openSpoolWriter({ dir: join(blocked, 'spool') }))
  expect(await spool.append(line(1), { keep: true })).toBe(false)
  rmSync(blocked)
  await expect.poll(() => spool.health().held, { timeout: 4000 }).toBe(0)
  const found = readSpool({ dir: join(blocked, 'spool'), cursor: SPOOL_START, maxBytes: 1e6 })
  expect(found.records).toHaveLength(1)
})

test('memory for waiting records is bounded, and what is given up is counted', async () => {
  const spool = open({ sync: async () => Promise.reject(new Error('EIO')) })
  const megabyte = 'x'.repeat(1024 * 1024)
  for (let index = 0; index < 10; index++) await spool.append(line(index, megabyte), { keep: true })
  expect(spool.health()).toMatchObject({ held: 7, lost: 3 })
})

test('a cursor past all segments means that the spool began anew', async () => {
  await open().append(line(1), { keep: true })

  const batch = readSpool({ dir, cursor: { segment: 9, offset: 500 }, maxBytes: 1e6 })
  expect(batch.records).toHaveLength(1)
})
