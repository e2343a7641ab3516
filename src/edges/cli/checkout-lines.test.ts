import { expect, test } from 'vitest'
import type { CheckedOut } from '../../capabilities/datasets/index.ts'
import { checkoutLines, checkoutSummary } from './checkout-lines.ts'

const NOTHING: CheckedOut = {
  path: 'a.csv',
  placed: [],
  replaced: [],
  relinked: [],
  deleted: [],
  isNew: false,
  isFolder: false,
}

const DONE: readonly CheckedOut[] = [
  NOTHING,
  { ...NOTHING, path: 'gone.csv', deleted: ['gone.csv'] },
  { ...NOTHING, path: 'data/new.csv', placed: ['data/new.csv'], isNew: true },
  { ...NOTHING, path: 'raw', placed: ['raw/1', 'raw/2'], isNew: true, isFolder: true },
  { ...NOTHING, path: 'empty', isNew: true, isFolder: true },
  { ...NOTHING, path: 'old.csv', placed: ['old.csv'], replaced: ['old.csv'] },
  {
    ...NOTHING,
    path: 'linked',
    placed: ['linked/1', 'linked/2'],
    relinked: ['linked/1', 'linked/2'],
    isFolder: true,
  },
]

test('what changed is told as DVC tells it: modified, added, deleted, folders before files, from here', () => {
  expect(checkoutLines(DONE, 'data')).toEqual([
    'M       ../old.csv',
    'A       ../empty/',
    'A       ../raw/',
    'A       new.csv',
    'D       ../gone.csv',
  ])
})

test('the summary counts files; those that are only linked in another way do not count', () => {
  expect(checkoutSummary(DONE)).toBe('1 file modified, 3 files added and 1 file deleted')
  expect(checkoutSummary([NOTHING], 2)).toBe('2 files fetched')
  expect(checkoutSummary([NOTHING])).toBe('')
})
