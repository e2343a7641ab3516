import { expect, test } from 'vitest'
import { editYaml } from './yaml-edit.ts'
import type { YamlMap, YamlValue } from './yaml-values.ts'

function values(value: unknown): YamlValue {
  if (Array.isArray(value)) return value.map(values)
  if (typeof value !== 'object' || value === null) return value as YamlValue
  return new Map(Object.entries(value).map(([key, item]) => [key, values(item)]))
}

// Expected texts are those of dvc 3.67.1: apply_diff(next, parse_yaml_for_update(text)), then dumps_yaml.
test.each([
  [
    'values change, their remarks stay where they are',
    '# top\nouts:\n- md5: aaa   # the hash\n  size: 3\n  # before hash\n  hash: md5\n\n  path: foo # p\n# after\nmeta:\n  owner: me\n  # inner\n',
    { outs: [{ md5: 'b'.repeat(24), size: 4, hash: 'md5', path: 'foo' }], meta: { owner: 'me' } },
    '# top\nouts:\n- md5: bbbbbbbbbbbbbbbbbbbbbbbb # the hash\n  size: 4\n  # before hash\n  hash: md5\n\n  path: foo # p\n# after\nmeta:\n  owner: me\n  # inner\n',
  ],
  [
    'new keys come last, behind the remark of the last',
    '# top\nouts:\n- md5: aaa   # the hash\n  size: 3\n  hash: md5\n  path: foo # p\n# after\nmeta:\n  owner: me\n',
    { outs: [{ md5: 'b', size: 4, nfiles: 2, hash: 'md5', path: 'foo' }], meta: { owner: 'me' } },
    '# top\nouts:\n- md5: b     # the hash\n  size: 4\n  hash: md5\n  path: foo # p\n# after\n  nfiles: 2\nmeta:\n  owner: me\n',
  ],
  [
    'a key goes with its remarks',
    'outs:\n- md5: aaa\n  size: 3\n  isexec: true # gone\n  # gone too\n  hash: md5\n  path: foo\n',
    { outs: [{ md5: 'b', size: 4, hash: 'md5', path: 'foo' }] },
    'outs:\n- md5: b\n  size: 4\n  hash: md5\n  path: foo\n',
  ],
  [
    'needless quotes and indentation go, order stays',
    "# a\nouts:\n  - path: \"foo bar\"  # q\n    md5: 'x'\n    hash: md5\ndesc: 'it # is'   # c\n\n\n# end\n",
    { outs: [{ md5: 'y', size: 1, hash: 'md5', path: 'foo bar' }], desc: 'it # is' },
    "# a\nouts:\n- path: foo bar      # q\n  md5: y\n  hash: md5\n  size: 1\ndesc: 'it # is'   # c\n\n\n# end\n",
  ],
])('%s', (_, text, next, expected) => {
  expect(editYaml(text, values(next) as YamlMap, 'x.dvc')).toBe(expected)
})
