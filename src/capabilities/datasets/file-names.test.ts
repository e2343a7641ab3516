import { expect, test } from 'vitest'
import { decodeName, fsPath } from './file-names.ts'

// python3 -c "print(ascii(bytes([...]).decode('utf-8', 'surrogateescape')))"
test.each([
  [[0x61, 0xff, 0x62], 'a\udcffb'],
  [[0xc3, 0xa9], 'é'],
  [[0xc3], '\udcc3'],
  [[0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  [[0xf0, 0x9f, 0x98, 0x80, 0x80], '😀\udc80'],
  [[0xc0, 0xaf], '\udcc0\udcaf'],
])('%j is a name and is found again under it', (bytes, name) => {
  expect(decodeName(Buffer.from(bytes))).toBe(name)
  expect(Buffer.from(fsPath(name))).toEqual(Buffer.from(bytes))
})
