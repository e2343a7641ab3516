import { expect, test } from 'vitest'
import { accessAsked } from './data-access.ts'

test('settings of a remote that is named are recorded as a configuration, as dvc does', () => {
  expect(accessAsked({ remote: 'r' })).toEqual({ remote: 'r' })
  const settings = new Map([
    ['url', '/x'],
    ['query', 'a=b'],
  ])
  const remoteConfig = ['url=/x', 'query=a=b']
  expect(accessAsked({ remoteConfig })).toEqual({ remote: settings })
  expect(accessAsked({ remote: 'r', remoteConfig })).toEqual({
    config: new Map<string, unknown>([
      ['core', new Map([['remote', 'r']])],
      ['remote', new Map([['r', settings]])],
    ]),
  })
})

test('what cannot be said together, or is no setting, is refused', () => {
  const refused = expect.objectContaining({ code: 'CLI_USAGE' }) as Error
  const all = { config: 'c', remote: 'r', remoteConfig: ['url=/x'] }
  expect(() => accessAsked(all)).toThrow(refused)
  expect(() => accessAsked({ remoteConfig: ['url'] })).toThrow(refused)
})
