import { expect, test } from 'vitest'
import type { DatasetStatus } from '../../capabilities/datasets/index.ts'
import type { StageChanges } from '../../capabilities/pipelines/index.ts'
import { statusDocument, statusLines } from './status-document.ts'

const data = (path: string, asked: Partial<DatasetStatus>): DatasetStatus => ({
  file: `${path}.dvc`,
  path,
  state: 'unchanged',
  tracked: 'a'.repeat(32),
  found: null,
  cached: true,
  changes: null,
  ...asked,
})
const stage = (address: string, asked: Partial<StageChanges>): StageChanges => ({
  stage: address,
  deps: new Map(),
  params: new Map(),
  outs: new Map(),
  alwaysChanged: false,
  command: false,
  ...asked,
})
const here = (path: string): string => path

test('the lines are those of dvc', () => {
  const train = stage('train', {
    deps: new Map([['data/raw', 'modified']]),
    params: new Map([['params.yaml', new Map([['lr', 'new']])]]),
    outs: new Map([['model.bin', 'not in cache']]),
    alwaysChanged: true,
    command: true,
  })
  const document = statusDocument([train], [data('one.csv', { state: 'deleted' })], here)
  expect(statusLines(document).join('\n')).toBe(`train:
	changed deps:
		modified:           data/raw
		params.yaml:
			new:                lr
	changed outs:
		not in cache:       model.bin
	always changed
	changed command
one.csv.dvc:
	changed outs:
		deleted:            one.csv`)
})

test('what did not change is not in it; what the cache lacks is, whatever the workspace has', () => {
  expect(statusDocument([stage('still', {})], [data('a', {})], here)).toEqual({})
  expect(statusDocument([], [data('a', { cached: false })], here)).toEqual({
    'a.dvc': [{ 'changed outs': { a: 'not in cache' } }],
  })
  // What was never recorded is in no cache either.
  expect(
    statusDocument([], [data('a', { tracked: null, cached: false, state: 'not_hashed' })], here),
  ).toEqual({ 'a.dvc': [{ 'changed outs': { a: 'modified' } }] })
})

test('stages and paths are called as from where one stands', () => {
  const command = { command: true }
  const fromSub = (path: string): string =>
    path.startsWith('sub/') ? path.slice('sub/'.length) : `../${path}`
  const stages = [stage('train', command), stage('sub/dvc.yaml:inner', command)]
  const document = statusDocument(stages, [data('sub/s', { state: 'modified' })], fromSub)
  expect(document).toEqual({
    '../dvc.yaml:train': ['changed command'],
    inner: ['changed command'],
    's.dvc': [{ 'changed outs': { s: 'modified' } }],
  })
})
