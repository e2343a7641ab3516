import { expect, test } from 'vitest'
import type { DatasetStatus } from '../../capabilities/datasets/index.ts'
import type { EntryChange, StageChanges } from '../../capabilities/pipelines/index.ts'
import { statusChanges, statusDocument, statusLines } from './status-document.ts'

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
const documentOf = (
  stages: readonly StageChanges[],
  tracked: readonly DatasetStatus[],
  name = here,
) => statusDocument(statusChanges(stages, tracked, name))

test('the lines are those of dvc, with from what to what behind them', () => {
  const train = stage('train', {
    deps: new Map([['data/raw', { state: 'modified', from: '1948d298', to: '58bd3afa' }]]),
    params: new Map([
      [
        'params.yaml',
        new Map<string, EntryChange>([
          ['lr', { state: 'new' }],
          ['depth', { state: 'modified', from: '6', to: '8' }],
        ]),
      ],
    ]),
    outs: new Map([['model.bin', { state: 'not in cache' }]]),
    alwaysChanged: true,
    command: true,
  })
  const changes = statusChanges([train], [data('one.csv', { state: 'deleted' })], here)
  expect(statusLines(changes).join('\n')).toBe(`train:
	changed deps:
		modified:           data/raw  (1948d298 -> 58bd3afa)
		params.yaml:
			new:                lr
			modified:           depth  (6 -> 8)
	changed outs:
		not in cache:       model.bin
	always changed
	changed command
one.csv.dvc:
	changed outs:
		deleted:            one.csv`)
})

test('what did not change is not in it; what the cache lacks is, whatever the workspace has', () => {
  expect(documentOf([stage('still', {})], [data('a', {})])).toEqual({})
  expect(documentOf([], [data('a', { cached: false })])).toEqual({
    'a.dvc': [{ 'changed outs': { a: 'not in cache' } }],
  })
  // What was never recorded is in no cache either.
  expect(
    documentOf([], [data('a', { tracked: null, cached: false, state: 'not_hashed' })]),
  ).toEqual({ 'a.dvc': [{ 'changed outs': { a: 'modified' } }] })
})

test('stages and paths are called as from where one stands', () => {
  const command = { command: true }
  const fromSub = (path: string): string =>
    path.startsWith('sub/') ? path.slice('sub/'.length) : `../${path}`
  const stages = [stage('train', command), stage('sub/dvc.yaml:inner', command)]
  const document = documentOf(stages, [data('sub/s', { state: 'modified' })], fromSub)
  expect(document).toEqual({
    '../dvc.yaml:train': ['changed command'],
    inner: ['changed command'],
    's.dvc': [{ 'changed outs': { s: 'modified' } }],
  })
})
