import { expect, test } from 'vitest'
import { type DeclaredPath, trackingFile } from './declared-paths.ts'

const DECLARED: readonly DeclaredPath[] = [
  { path: 'raw.csv', declaredBy: 'kept/other.dvc' },
  { path: 'images', declaredBy: 'images.dvc' },
  { path: 'models/price', declaredBy: 'dvc.yaml:train' },
  { path: 'twice', declaredBy: 'twice.dvc' },
  { path: 'twice', declaredBy: 'more.dvc' },
]

test.each([
  ['raw.csv', 'kept/other.dvc'],
  ['images/new.png', 'images.dvc'],
  ['images.csv', null],
])('%s is tracked by %s', (path, file) => {
  expect(trackingFile(DECLARED, path)).toBe(file)
})

test.each([
  ['models/price', 'models/price is an output of dvc.yaml:train'],
  ['models/price/weights.bin', 'models/price is an output of dvc.yaml:train'],
  ['models', 'models/price in models is tracked by dvc.yaml:train'],
  ['twice', 'twice is tracked by twice.dvc and by more.dvc'],
])('%s cannot be tracked anew', (path, detail) => {
  expect(() => trackingFile(DECLARED, path)).toThrowError(
    expect.objectContaining({ code: 'DATASET_OVERLAPS', detail }),
  )
})
