import { expect, test } from 'vitest'
import { proxiesOf } from './proxies.ts'

test.each([
  ['nothing is said', {}, {}],
  [
    'a proxy for each',
    { http_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' },
    { HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:2' },
  ],
  [
    'small letters win',
    { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' },
    { HTTPS_PROXY: 'http://a:1' },
  ],
  ['one for all', { ALL_PROXY: 'a:1' }, { HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://a:1' }],
  ['a header of CGI', { HTTP_PROXY: 'http://evil:1', REQUEST_METHOD: 'GET' }, {}],
  ['an empty one', { https_proxy: ' ' }, {}],
])('%s', (_, env, expected) => {
  expect(proxiesOf(env)).toEqual(expected)
})

test.each([
  ['example.com', 'example.com,.example.com'],
  ['.example.com', 'example.com,.example.com'],
  ['*', '*'],
  ['localhost, 127.0.0.1 [::1]', 'localhost,.localhost,127.0.0.1,::1'],
  ['10.1.2.3/8,192.168.7.0/24', '10.0.0.0-10.255.255.255,192.168.7.0-192.168.7.255'],
  ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
])('no_proxy = %s means %s to Node', (list, expected) => {
  expect(proxiesOf({ no_proxy: list })).toEqual({ NO_PROXY: expected })
})

test.each([
  ['socks5://a:1', 'socks5:'],
  ['http://a b', 'no address'],
])('%s is refused, and it is said by which variable it came', (value, detail) => {
  const said = { variable: 'HTTPS_PROXY', detail: expect.stringContaining(detail) as string }
  expect(proxiesOf({ HTTPS_PROXY: value })).toEqual(said)
})
