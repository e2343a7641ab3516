import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isNamed } from './is-named.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-named-'))
  mkdirSync(join(root, '.dvc'))
  writeFileSync(join(root, '.dvc/config'), `['remote "far"']\n    url = s3://sales/in/\n`)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test.each([
  ['s3://sales/weekly/*.parquet', 's3://sales/weekly/3.parquet', true],
  ['s3://sales/weekly/*.parquet', 's3://sales/weekly/deep/3.parquet', false],
  ['s3://sales/weekly/*.parquet', 's3://sales/weekly-old/3.parquet', false],
  ['s3://sales/**/*.parquet', 's3://sales/weekly/deep/3.parquet', true],
  ['remote://far/*.csv', 's3://sales/in/a.csv', true],
  ['remote://far/deep/*.csv', 's3://sales/in/deep/a.csv', true],
  ['remote://far/*.csv', 's3://sales/a.csv', false],
  ['remote://nobody/*.csv', 's3://sales/a.csv', false],
  ['new/*.csv', 'new/a.csv', true],
  ['new/*.csv', './new/../new/a.csv', true],
  ['new/*.csv', 'new/a.txt', false],
  ['new/*.csv', '../new/a.csv', false],
  ['new/*.csv', 's3://new/a.csv', false],
  ['s3://new/*.csv', 'new/a.csv', false],
])('%s and %s: %s', (pattern, address, expected) => {
  expect(isNamed(root, pattern, address)).toBe(expected)
})
