import { expect, test } from 'vitest'
import { md5 } from '../../../base/hash.ts'
import { OidSet } from './oid-set.ts'

test('a packed set answers as a set of strings does', () => {
  const oids = Array.from({ length: 20_000 }, (_, index) => md5(Buffer.from(`${index % 15_000}`)))
  const packed = new OidSet()
  const strings = new Set<string>()
  for (const oid of oids) {
    expect(packed.add(oid)).toBe(!strings.has(oid))
    strings.add(oid)
  }
  expect(packed.size).toBe(15_000)
  expect(packed.has(md5(Buffer.from('14999')))).toBe(true)
  expect(packed.has(md5(Buffer.from('15000')))).toBe(false)
  expect(packed.has('0'.repeat(32))).toBe(false)
})
