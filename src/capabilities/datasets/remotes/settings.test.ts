import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DvcSettings, readDvcSettings } from '../config.ts'
import { remoteNames, remoteSettings } from './settings.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-config-'))
  mkdirSync(join(root, '.dvc'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function settings(repo: string, local = ''): DvcSettings {
  writeFileSync(join(root, '.dvc/config'), repo)
  writeFileSync(join(root, '.dvc/config.local'), local)
  return readDvcSettings(root)
}

// As dvc 3.67.1 writes them: dvc remote add -d near ../remote; dvc remote add s3 s3://bucket/data
const WRITTEN = `[core]
    remote = near
['remote "near"']
    url = ../../remote
['remote "s3"']
    url = s3://bucket/data # ours
    endpointurl = https://a.example
`

test('the default remote, with a path from the folder of its file', () => {
  const known = settings(WRITTEN)
  expect(remoteSettings(known)).toMatchObject({ name: 'near', url: join(root, '../remote') })
  expect(remoteNames(known)).toEqual(['near', 's3'])
})

test('what this clone sets wins, and tells where it stands', () => {
  const known = settings(WRITTEN, `['remote "s3"']\n    profile = me\n    url = s3://other\n`)
  const { url, values } = remoteSettings(known, 's3')
  expect(url).toBe('s3://other')
  expect(values.get('profile')).toMatchObject({ text: 'me', level: 'local' })
  expect(values.get('endpointurl')).toMatchObject({ text: 'https://a.example', level: 'repo' })
})

test('an address may lead through another remote', () => {
  const known = settings(
    `${WRITTEN}['remote "part"']\n    url = remote://s3/part\n    region = eu\n`,
  )
  const { url, values } = remoteSettings(known, 'part')
  expect(url).toBe('s3://bucket/data/part')
  expect([values.get('endpointurl')?.text, values.get('region')?.text]).toEqual([
    'https://a.example',
    'eu',
  ])
})

test.each([
  ['', undefined, 'DATASET_REMOTE_UNKNOWN'],
  [WRITTEN, 'nobody', 'DATASET_REMOTE_UNKNOWN'],
  [
    `['remote "a"']\nurl = remote://b\n['remote "b"']\nurl = remote://a`,
    'a',
    'DATASET_FILE_INVALID',
  ],
])('refuses %j', (text, name, code) => {
  const known = settings(text)
  expect(() => remoteSettings(known, name)).toThrow(expect.objectContaining({ code }))
})
