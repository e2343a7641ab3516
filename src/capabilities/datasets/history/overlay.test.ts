import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openAnalytics } from '../../../storage/analytics/index.ts'
import { initDataProject, openDataProject, overlayColumn } from '../index.ts'

const root = mkdtempSync(join(tmpdir(), 'ratchet-overlay-'))
initDataProject(root)
const project = openDataProject(root)
const analytics = openAnalytics()
afterAll(async () => {
  await analytics.close()
  project.close()
  rmSync(root, { recursive: true, force: true })
})

const rows = (days: number): string =>
  Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)
    return `${date},${day},${day % 20},${day === 0 ? '' : 'a'}`
  }).join('\n')
writeFileSync(join(root, 'a.csv'), `at,amount,shop,note\n${rows(24)}\n`)
writeFileSync(join(root, 'b.csv'), `at,amount,shop,note\n${rows(48)}\n`)

const overlay = (column: string) =>
  overlayColumn(
    project,
    { from: 'a.csv', to: 'b.csv', column },
    { analytics, readStageOuts: () => [] },
  )

test('numbers and days are laid in bins that both versions share, as shares of their rows', async () => {
  for (const column of ['at', 'amount']) {
    const found = await overlay(column)
    expect(found?.kind).toBe('number')
    expect(found?.bins).toHaveLength(24)
    const sum = (side: 'from' | 'to'): number =>
      found?.bins.reduce((total, bin) => total + bin[side], 0) ?? 0
    expect(sum('from')).toBeCloseTo(1)
    expect(sum('to')).toBeCloseTo(1)
    // The earlier half of the stretch is all that the smaller file has.
    expect(found?.bins.slice(13).every(({ from }) => from === 0)).toBe(true)
  }
  expect((await overlay('at'))?.bins[0]?.label).toBe('2026-01-01 to 2026-01-02')
})

test('few or other values are told one by one, absence too', async () => {
  expect(await overlay('note')).toEqual({
    column: 'note',
    kind: 'value',
    bins: [
      { label: 'a', from: 23 / 24, to: 47 / 48 },
      { label: 'no value', from: 1 / 24, to: 1 / 48 },
    ],
  })
  expect(await overlay('gone')).toBeNull()
})
