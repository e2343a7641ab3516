import { describe, expect, it } from 'vitest'
import { decideArrivals, type Look } from './decide-arrivals.ts'
import type { KnownFile, ListedFile } from './schema.ts'

const NOW = 1_700_000_000_000
const OLD = NOW - 60_000
const file = (path: string, more: Partial<ListedFile> = {}): ListedFile => ({
  path,
  size: 10,
  modifiedAt: OLD,
  ...more,
})
const known = (...files: readonly KnownFile[]) => new Map(files.map((one) => [one.path, one]))
const decide = (look: Partial<Look>) => {
  const { groups, changed } = decideArrivals({
    listed: [],
    known: known(),
    now: NOW,
    take: 'coalesce',
    busy: false,
    ...look,
  })
  return {
    groups: groups.map((group) => group.map(({ path }) => path)),
    changed: changed.map(({ path, state }) => `${path} ${state}`),
  }
}

describe('which files arrived', () => {
  it('learns at the first look what is there, but for what is still being written', () => {
    const listed = [file('a'), file('b', { modifiedAt: NOW - 10 })]
    const changed = ['a announced', 'b waiting']
    expect(decide({ listed, known: null })).toEqual({ groups: [], changed })
  })

  it('announces new and changed files once', () => {
    const announced = { ...file('a'), state: 'announced' } as const
    expect(decide({ listed: [file('a')], known: known(announced) })).toEqual({
      groups: [],
      changed: [],
    })
    expect(decide({ listed: [file('a'), file('b')], known: known(announced) })).toEqual({
      groups: [['b']],
      changed: ['b announced'],
    })
  })

  it('waits for a file that changed since the last look, that is young, or that has no time', () => {
    const announced = { ...file('a'), state: 'announced' } as const
    const grown = file('a', { size: 11 })
    const waits = { groups: [], changed: ['a waiting'] }
    expect(decide({ listed: [grown], known: known(announced) })).toEqual(waits)
    expect(decide({ listed: [file('a', { modifiedAt: NOW - 4999 })] })).toEqual(waits)
    expect(decide({ listed: [file('a', { modifiedAt: NOW + 4999 })] })).toEqual(waits)
    expect(decide({ listed: [file('a', { modifiedAt: null })] })).toEqual(waits)
    const again = { ...grown, state: 'waiting' } as const
    expect(decide({ listed: [grown], known: known(again) }).groups).toEqual([['a']])
    const timeless = { ...file('a', { modifiedAt: null }), state: 'waiting' } as const
    expect(decide({ listed: [timeless], known: known(timeless) }).groups).toEqual([['a']])
  })

  it.each([
    ['each', [['old']], ['new waiting', 'old announced']],
    ['coalesce', [['old', 'new']], ['new announced', 'old announced']],
    ['latest', [['new']], ['new announced', 'old announced']],
  ] as const)('takes %s', (take, groups, changed) => {
    const listed = [file('new'), file('old', { modifiedAt: OLD - 1 })]
    expect(decide({ listed, take })).toEqual({ groups, changed })
  })

  it('keeps all of them while the model is busy', () => {
    expect(decide({ listed: [file('a')], busy: true })).toEqual({
      groups: [],
      changed: ['a waiting'],
    })
  })
})
