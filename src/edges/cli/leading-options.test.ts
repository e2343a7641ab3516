import { expect, test } from 'vitest'
import { readLeadingOptions } from './leading-options.ts'

const none = { cd: null, quiet: false, version: false }

test('what stands before the verb is taken off, what comes after is the verb’s own', () => {
  expect(readLeadingOptions(['--cd', 'sub', '-q', '-vv', '--wait-for-lock', 'add', '-q'])).toEqual({
    ...none,
    cd: 'sub',
    quiet: true,
    rest: ['add', '-q'],
  })
  expect(readLeadingOptions(['--cd=a b', 'root'])).toEqual({ ...none, cd: 'a b', rest: ['root'] })
  expect(readLeadingOptions(['stage', 'add', '--cd', 'x'])).toEqual({
    ...none,
    rest: ['stage', 'add', '--cd', 'x'],
  })
})

test('our own options stay, --dir with its folder', () => {
  expect(readLeadingOptions(['--dir', 'state', '--json', '-v', 'status'])).toEqual({
    ...none,
    rest: ['--dir', 'state', '--json', 'status'],
  })
  expect(readLeadingOptions(['--help'])).toEqual({ ...none, rest: ['--help'] })
})

test('the version is asked for before the verb only', () => {
  expect(readLeadingOptions(['-V'])).toMatchObject({ version: true })
  expect(readLeadingOptions(['--version', 'add'])).toMatchObject({ version: true })
  expect(readLeadingOptions(['add', '-V'])).toMatchObject({ version: false })
})

test('--cd without a folder is refused', () => {
  expect(() => readLeadingOptions(['--cd'])).toThrow('needs a folder')
})
