import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { encodeListing, listingEntries, packListing, readListing } from './listing.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-listing-'))
const file = join(folder, 'listing')
const md5 = 'd41d8cd98f00b204e9800998ecf8427e'
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fails = (code: string) => expect.objectContaining({ code })

test('a listing longer than a part is read as it was written, odd names and all', () => {
  const entries = Array.from({ length: 30_000 }, (_, index) => ({
    relpath: `f"}, {"md5${index}\\`,
    md5,
  }))
  const listing = packListing(entries)
  writeFileSync(file, Buffer.concat([...encodeListing(listing)]))
  const read = readListing(file)
  expect(read.relpaths).toEqual(listing.relpaths)
  expect([...listingEntries(read)].at(-1)).toEqual({ relpath: listing.relpaths.at(-1), md5 })
})

test('one that another program wrote with other spaces and in another order is read too', () => {
  writeFileSync(file, `[\n {"relpath":"b","md5":"${md5}"},\n {"relpath":"a","md5":"${md5}"}]`)
  expect(readListing(file).relpaths).toEqual(['a', 'b'])
})

test.each([
  ['a name twice', ['a', 'a']],
  ['a file that is a folder too', ['a', 'a.b', 'a/b']],
])('%s is refused', (_, names) => {
  writeFileSync(file, JSON.stringify(names.map((relpath) => ({ md5, relpath }))))
  expect(() => readListing(file)).toThrow(fails('DATASET_FILE_INVALID'))
})

test('a listing of a gigabyte is refused before it is read', () => {
  closeSync(openSync(file, 'w'))
  truncateSync(file, 2 ** 30 + 1)
  expect(() => readListing(file)).toThrow(fails('DATASET_TOO_LARGE'))
})
