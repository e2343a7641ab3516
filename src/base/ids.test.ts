import { expect, it } from 'vitest'
import { createHexId, createId } from './ids.ts'

it('makes ids that sort as they were made, within a millisecond and across', () => {
  const times = Array.from({ length: 3000 }, (_, index) => 1_700_000_000_000 + (index >> 10))
  const ids = times.map((at) => createId('evt', at))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => /^evt_[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toBe(true)
})

it('writes the time first, so that ids of any two times sort by them', () => {
  expect(createId('job', 0).slice(4, 14)).toBe('0000000000')
  expect(createId('job', 2 ** 48 - 1).slice(4, 14)).toBe('7zzzzzzzzz')
  expect(createId('job', 1_700_000_000_000).slice(4, 14)).toBe('01hf7yat00')
})

it('makes ids of 32 hexadecimal digits that sort as they were made', () => {
  const times = Array.from({ length: 3000 }, (_, index) => 1_700_000_000_000 + (index >> 10))
  const ids = times.map(createHexId)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => /^018bcfe568[0-9a-f]{22}$/.test(id))).toBe(true)
})
