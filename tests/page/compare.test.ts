import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bothFiles, standingOf } from '../../web/src/pages/compare/both-files.ts'
import { changedPart } from '../../web/src/parts/changed-part.ts'
import { type DiffRow, diffRows } from '../../web/src/pages/compare/diff.ts'
import { folded } from '../../web/src/pages/compare/folds.ts'
import { shownLines } from '../../web/src/pages/compare/shown-text.ts'

describe('two texts side by side', () => {
  it('pair what changed, and show alone what is on one side', () => {
    const rows = diffRows(['a', 'b', 'c', 'd'], ['a', 'B', 'c', 'x', 'd'])
    expect(rows.map(({ kind, left, right }) => [kind, left?.number, right?.number])).toEqual([
      ['same', 1, 1],
      ['changed', 2, 2],
      ['same', 3, 3],
      ['right', undefined, 4],
      ['same', 4, 5],
    ])
    expect(diffRows([], ['a'])).toMatchObject([{ kind: 'right' }])
    expect(diffRows([], [])).toEqual([])
  })

  it('hold every line of both in order, and as many the same as can be', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 14 })
    fc.assert(
      fc.property(text, text, (left, right) => {
        const rows = diffRows(left, right)
        expect(side(rows, 'left')).toEqual(left)
        expect(side(rows, 'right')).toEqual(right)
        const same = rows.filter(({ kind }) => kind === 'same')
        expect(same.every((row) => row.left?.text === row.right?.text)).toBe(true)
        expect(same.length).toBe(longestCommon(left, right))
      }),
    )
  })

  it('are given up where they have nothing in common, and not computed for minutes', () => {
    const [left, right] = ['l', 'r'].map((word) =>
      Array.from({ length: 4000 }, (_, index) => `${word}${index}`),
    )
    const rows = diffRows(left ?? [], right ?? [])
    expect(rows).toHaveLength(4000)
    expect(rows.every(({ kind }) => kind === 'changed')).toBe(true)
  })

  it('mark where a line differs', () => {
    expect(changedPart('lr = 0.1', 'lr = 0.01')).toEqual({
      before: 'lr = 0.',
      own: '',
      after: '1',
    })
    expect(changedPart('aba', 'a')).toEqual({ before: 'a', own: 'ba', after: '' })
  })

  it('fold long stretches of the same, until they are opened', () => {
    const lines = Array.from({ length: 40 }, (_, index) => String(index))
    const rows = diffRows(lines, lines.with(20, 'x'))
    const sizes = (opened: readonly number[]) =>
      folded(rows, new Set(opened)).map(({ kind, rows: part }) => [kind, part.length])
    expect(sizes([])).toEqual([
      ['folded', 17],
      ['rows', 7],
      ['folded', 16],
    ])
    expect(sizes([0])[0]).toEqual(['rows', 17])
  })
})

it('compares JSON by what it says, not by how it is written', () => {
  expect(shownLines('m.json', '{"b":[1],"a":{"d":1,"c":2}}')).toEqual(
    shownLines('m.json', '{ "a": {"c": 2, "d": 1},\n "b": [ 1 ] }\n'),
  )
  expect(shownLines('m.json', '{"a"')).toEqual(['{"a"'])
  expect(shownLines('a.txt', 'one\r\ntwo\n')).toEqual(['one', 'two'])
})

it('lists the files of both, folders first', () => {
  const file = (name: string, size: number | null) => ({
    path: name,
    name,
    is_folder: size === null,
    size,
  })
  const files = bothFiles(
    [file('b', 1), file('m', null), file('z', 2)],
    [file('a', 3), file('b', 5)],
  )
  expect(files.map((one) => [one.name, standingOf(one)])).toEqual([
    ['m', 'only on the left'],
    ['a', 'only on the right'],
    ['b', 'different size'],
    ['z', 'only on the left'],
  ])
})

function side(rows: readonly DiffRow[], which: 'left' | 'right'): readonly string[] {
  return rows.flatMap((row) => row[which]?.text ?? [])
}

/** By the textbook's table. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const rows = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0))
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0
  a.forEach((x, i) =>
    b.forEach((y, j) => {
      const row = rows[i + 1]
      if (row !== undefined)
        row[j + 1] = x === y ? at(i, j) + 1 : Math.max(at(i, j + 1), at(i + 1, j))
    }),
  )
  return at(a.length, b.length)
}
