import { expect, test } from 'vitest'
import { mergeEntries } from './merge-dvc-files.ts'

const listing = (text: string) =>
  text.split(' ').map((word) => ({ relpath: word.slice(0, 1), md5: word.slice(1) }))
const shown = (entries: readonly { relpath: string; md5: string }[]) =>
  entries.map(({ relpath, md5 }) => relpath + md5).toSorted()

test('each side keeps what it added, changed and removed', () => {
  const merged = mergeEntries(
    listing('a1 b1 c1 d1'),
    listing('a2 b1 c1 e1'),
    listing('a1 b1 d1 f1'),
  )
  expect(shown(merged)).toEqual(['a2', 'b1', 'e1', 'f1'])
})

test('the same change on both sides is one change', () => {
  expect(shown(mergeEntries(listing('a1'), listing('a2 n1'), listing('a2 n1')))).toEqual([
    'a2',
    'n1',
  ])
})

test.each([
  ['changed on both sides', 'a1', 'a2', 'a3'],
  ['changed here, removed there', 'a1 b1', 'a2 b1', 'b1'],
  ['added twice', 'b1', 'a2 b1', 'a3 b1'],
])('%s is a conflict', (_, before, ours, theirs) => {
  expect(() => mergeEntries(listing(before), listing(ours), listing(theirs))).toThrow(
    expect.objectContaining({ code: 'DATASET_MERGE_CONFLICT' }),
  )
})
