import { describe, expect, it } from 'vitest'
import { isAllowed } from '../scripts/check-licenses.ts'
import { completeLock } from '../scripts/complete-lock.ts'

describe('licenses', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['Apache-2.0 AND BSL-1.0', true],
    ['MIT AND GPL-3.0', false],
    ['GPL-3.0', false],
    ['none', false],
  ])('%s: %s', (license, allowed) => {
    expect(isAllowed(license)).toBe(allowed)
  })
})

describe('a lock file that lacks packages of other platforms', () => {
  const tool = {
    version: '1.2.3',
    dev: true,
    license: 'MIT',
    optionalDependencies: {
      '@tool/linux-x64-musl': '1.2.3',
      '@tool/win32-arm64': '1.2.3',
      'left-out': '^2.0.0',
    },
  }
  const lock = {
    packages: {
      '': {},
      'node_modules/tool': tool,
      'node_modules/tool/node_modules/@tool/win32-arm64': { version: '1.2.3' },
    },
  }

  it('gets them with their platform, which is all that npm needs to skip them', () => {
    const { lock: completed, added } = completeLock(lock)
    expect(added).toEqual(['@tool/linux-x64-musl'])
    expect(completed.packages['node_modules/@tool/linux-x64-musl']).toEqual({
      version: '1.2.3',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      license: 'MIT',
      optional: true,
      os: ['linux'],
    })
  })

  it('is then complete', () => {
    expect(completeLock(completeLock(lock).lock).added).toEqual([])
  })
})
