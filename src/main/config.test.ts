import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dvcSettingsFolders, resolveConfig } from './config.ts'

const root = mkdtempSync(join(tmpdir(), 'ratchet-config-'))
writeFileSync(join(root, 'ratchet.yaml'), 'project: configured\n')
afterAll(() => rmSync(root, { recursive: true }))

describe('where it listens', () => {
  it.each([undefined, '127.0.0.1', '127.1.2.3', 'localhost', '::1'])(
    '%s is this machine',
    (host) => {
      expect(resolveConfig({ host }, root, {}).host).toBe(host ?? '127.0.0.1')
    },
  )

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'example.com',
    '127.0.0.1.example.com',
    '1270.0.0.1',
    '',
  ])('%j is open to others, which nothing is before there are users', (host) => {
    const refused = expect.objectContaining({ code: 'HOST_NEEDS_AUTHENTICATION' })
    expect(() => resolveConfig({ host }, root, {})).toThrow(refused)
    expect(() => resolveConfig({}, root, { RATCHET_HOST: host })).toThrow(refused)
  })
})

it('waits five minutes for a body that drips, or as long as it is told', () => {
  const timeout = (RATCHET_BODY_TIMEOUT?: string) =>
    resolveConfig({}, root, { RATCHET_BODY_TIMEOUT }).bodyTimeoutMs
  expect([timeout(), timeout('2.5'), timeout('86400')]).toEqual([300_000, 2500, 86_400_000])
  for (const wrong of ['0', '-1', 'long', '86401', ''])
    expect(() => timeout(wrong)).toThrow(expect.objectContaining({ path: 'RATCHET_BODY_TIMEOUT' }))
})

// dvc 3.67.1, `dvc.dirs`.
describe('folders of settings of DVC', () => {
  it.each([
    [{}, undefined, undefined],
    [{ XDG_CONFIG_HOME: '/mine', XDG_CONFIG_DIRS: 'odd:/ours:/more' }, '/ours/dvc', '/mine/dvc'],
    [{ XDG_CONFIG_HOME: 'relative', XDG_CONFIG_DIRS: '' }, undefined, undefined],
    [
      { XDG_CONFIG_HOME: '/mine', DVC_GLOBAL_CONFIG_DIR: '/own', DVC_SYSTEM_CONFIG_DIR: '/all' },
      '/all',
      '/own',
    ],
    [{ XDG_CONFIG_HOME: '/mine', DVC_GLOBAL_CONFIG_DIR: '' }, undefined, '/mine/dvc'],
  ])('%j', (env, system, user) => {
    expect(dvcSettingsFolders(env)).toEqual({ system, user })
  })
})
