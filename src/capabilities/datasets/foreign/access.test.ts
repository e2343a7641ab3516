import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DvcSettings } from '../config.ts'
import { remoteSettings } from '../remotes/settings.ts'
import type { YamlMap } from '../yaml-values.ts'
import { withAccess } from './access.ts'

const value = (text: string) => ({ text, level: 'repo', file: '/there/.dvc/config' }) as const
const THERE: DvcSettings = new Map([
  ['core', new Map([['remote', value('main')]])],
  ['remote "main"', new Map([['url', value('../store')]])],
  ['remote "other"', new Map([['url', value('/other')]])],
])

const urlWith = (access: Parameters<typeof withAccess>[1], settings = THERE): string =>
  remoteSettings(withAccess(settings, access, '/here')).url

test('an import names the remote, or says of the default one where it is', () => {
  expect(urlWith({})).toBe('/there/store')
  expect(urlWith({ remote: 'other' })).toBe('/other')
  expect(urlWith({ remote: new Map([['url', 'near']]) })).toBe('/here/near')
  const config = new Map<string, YamlMap>([
    ['core', new Map([['remote', 'mine']])],
    ['remote', new Map([['mine', new Map([['url', '/mine']])]])],
  ])
  expect(urlWith({ config })).toBe('/mine')
  expect(urlWith({ config, remote: 'other' })).toBe('/other')
  const nowhere = () => urlWith({ remote: new Map([['url', '/x']]) }, new Map())
  expect(nowhere).toThrow(expect.objectContaining({ code: 'DATASET_REMOTE_UNKNOWN' }))
})

test('a file of settings starts its paths where it lies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-access-'))
  const config = join(folder, 'settings')
  try {
    writeFileSync(config, `['remote "main"']\n    url = beside\n`)
    expect(urlWith({ config })).toBe(join(folder, 'beside'))
    const absent = () => urlWith({ config: `${config}.not` })
    expect(absent).toThrow(expect.objectContaining({ code: 'DATASET_NOT_FOUND' }))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
