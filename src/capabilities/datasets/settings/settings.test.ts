import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addRemote,
  listRemotes,
  listSettings,
  modifyRemote,
  parseSettingName,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  type SettingsPlace,
  unsetSetting,
  writeSetting,
} from '../index.ts'
import { emitIni, parseIni } from './ini.ts'

let root: string
let place: SettingsPlace

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-settings-'))
  mkdirSync(join(root, '.dvc'))
  place = { root, cwd: root }
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const read = (file = 'config'): string => readFileSync(join(root, '.dvc', file), 'utf8')
const write = (text: string): void => writeFileSync(join(root, '.dvc/config'), text)
const refused = expect.objectContaining({ code: 'DATASET_CONFIG_INVALID' }) as Error

function add(name: string, url: string, makeDefault = false): void {
  addRemote(place, 'repo', { name, url, makeDefault, force: false })
}

// Each text was written by dvc 3.67.1 after the same commands (tests/interop/dvc-settings.test.ts runs both).
test('a remote is written in the bytes of dvc, its path from the file', () => {
  add('My', '../store', true)
  add('other', '/a,b#c')
  modifyRemote(place, 'repo', { name: 'my', option: 'Jobs', value: '4' })
  expect(read()).toBe(
    '[core]\n    remote = my\n[\'remote "my"\']\n    url = ../../store\n    jobs = 4\n' +
      '[\'remote "other"\']\n    url = "/a,b#c"\n',
  )
  expect(listRemotes(place)).toEqual([
    { name: 'my', url: join(root, '../store'), isDefault: true },
    { name: 'other', url: '/a,b#c', isDefault: false },
  ])
})

test('rewriting drops remarks, lowers names, packs remotes last and leaves out empty sections', () => {
  write(
    '# mine\n[\'remote "old"\']\nurl=../../x/../y # here\n[Core]\nCheck_Update = False\n[cache]\n',
  )
  setDefaultRemote(place, 'repo', 'old')
  expect(read()).toBe(
    '[core]\n    check_update = False\n    remote = old\n[\'remote "old"\']\n    url = ../../y\n',
  )
  removeRemote(place, 'repo', 'old')
  expect(read()).toBe('[core]\n    check_update = False\n')
  unsetSetting(place, 'repo', { section: 'core', key: 'check_update' })
  expect(read()).toBe('\n')
})

test('what one level says of a remote of another is kept in its own file', () => {
  add('storage', 's3://bucket/data', true)
  modifyRemote(place, 'local', { name: 'storage', option: 'profile', value: 'me' })
  expect(read('config.local')).toBe('[\'remote "storage"\']\n    profile = me\n')
  expect(() => renameRemote(place, 'repo', { from: 'storage', to: 'archive' })).toThrow(refused)
})

test.each([
  ['core.foo', '1', 'core has no key "foo"'],
  ['cache.type', 'hardlinks', 'unsupported link types hardlinks'],
  ['cache.shared', 'all', 'expected one of group'],
  ['remote.r.jobs', 'many', 'expected a whole number from 1'],
  ['remote.r.endpointurl', 'x', 'has no key "endpointurl"'],
  ['remote.new.jobs', '3', 'remote "new" has no url'],
  ['ratchet.cores', '3', 'there is no section "ratchet"'],
])('%s = %s is refused before it is written', (name, value, fault) => {
  add('r', '/data')
  const before = read()
  expect(() => writeSetting(place, 'repo', { ...parseSettingName(name), value })).toThrow(
    expect.objectContaining({
      code: 'DATASET_CONFIG_INVALID',
      detail: expect.stringContaining(fault) as string,
    }),
  )
  expect(read()).toBe(before)
})

test('settings are listed as they are meant', () => {
  write('[cache]\n  type = hardlink , copy\n  dir = ../c\n')
  const listed = listSettings(place, 'repo').map(({ name, value }) => `${name}=${value}`)
  expect(listed).toEqual(["cache.type=['hardlink', 'copy']", `cache.dir=${join(root, 'c')}`])
})

test('what was written is read back', () => {
  const values = ['', 'a b', ' padded ', "it's", 'say "x"', `both ' and "`, 'a#b', 'a,b', 'é😀']
  const sections = new Map([['x', new Map(values.map((value, index) => [`k${index}`, value]))]])
  expect(parseIni(emitIni(sections), 'config')).toEqual(sections)
  expect(() => parseIni('[core\nremote', 'config')).toThrow(refused)
})
