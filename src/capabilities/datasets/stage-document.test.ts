import { expect, test } from 'vitest'
import { inFileOrder, stageMd5, withHash } from './stage-document.ts'
import { parseYaml } from './yaml-parse.ts'
import { type YamlMap } from './yaml-values.ts'

// Each file was written by dvc 3.67.1 (`dvc import-url`, `dvc import`), with the md5 on its first line.
test.each([
  [
    'md5: 48b93be0970a2453c78309b7771c80b4\nfrozen: true\ndeps:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: /tmp/imp/src/f.csv\nouts:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: f.csv\n',
  ],
  [
    'md5: d69d64364be4b1179e863fb57edd8c49\nfrozen: true\ndeps:\n- md5: be5101711be8d688ef254ce731dc64ca.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: /tmp/imp/src/d\nouts:\n- md5: be5101711be8d688ef254ce731dc64ca.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: dd\n',
  ],
  [
    "md5: c77cf6e9a9af0b34abb94dfeafb39415\nfrozen: true\ndeps:\n- checksum: '102418049157497121156652404802941156076'\n  size: 2\n  hash: md5\n  path: http://127.0.0.1:18765/w.csv\nouts:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: w.csv\n",
  ],
  [
    'md5: d20b908dc1a9057d0d33e847a2045479\nfrozen: true\ndeps:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: /tmp/imp/src/f.csv\nouts:\n- hash: md5\n  path: nd.csv\n',
  ],
  [
    'md5: a2d0f7611b348b668664e9ae083580c5\nfrozen: true\ndeps:\n- path: data/a\n  repo:\n    url: /tmp/imp/up\n    rev: v1\n    rev_lock: 8220d8ee1a6644667a48fd776cc86c658f7b0539\nouts:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: ida\n',
  ],
])('the md5 of an import (%#)', (text) => {
  const document = parseYaml(text, 'x.dvc') as YamlMap
  expect(stageMd5(document)).toBe(document.get('md5'))
  expect(inFileOrder(document)).toEqual(document)
})

test('a content takes the place of another, and all else stays', () => {
  const entry = parseYaml('path: a\ndesc: mine\nmd5: x\nnfiles: 3\npush: false', 'x') as YamlMap
  const next = withHash(entry, { md5: 'y', size: 7, isexec: true })
  expect([...next.keys()]).toEqual(['md5', 'size', 'isexec', 'hash', 'path', 'desc', 'push'])
  expect([...withHash(entry, null).keys()]).toEqual(['hash', 'path', 'desc', 'push'])
})
