import { expect, test } from 'vitest'
import { editYaml } from './yaml-edit.ts'
import { parseYaml } from './yaml-parse.ts'
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

const OUT = 'outs:\n- md5: aaa\n  size: 4\n  path: one.csv\n'

// `dvc add` of a file that changed leaves each of them as it is but for the hash.
test.each([
  ['a block text', `desc: |\n  line one\n  line two\n${OUT}`],
  ['one that keeps blank lines', `desc: |+\n  line one\n\n${OUT}`],
  ['one at the end of the file', `${OUT}desc: |-\n  line one\n  # no remark\n`],
  ['one with an indentation that is said', `desc: |2\n    deep\n  less\n${OUT}`],
  ['a folded text', `${OUT}meta:\n  note: >-\n    a b\n    c d\n\n    e\n  after: 1\n`],
  ['a remark behind a block text', `${OUT}desc: |\n  x\n# after\nmeta:\n  a: 1\n`],
  ['a block text of the output', `${OUT}  desc: |\n    of the out\n  labels: [a, b]\n  type: t\n`],
  ['flow collections', `${OUT}meta: {a: 1, b: [x, y], c: {d: e}}\n`],
  ['a flow with a remark behind it', `${OUT}meta:\n  a: [x] # x\n  # y\n  b: 1\n`],
  ['anchors', `${OUT}meta:\n  base: &b\n    x: 1\n  other: *b\n  merged:\n    <<: *b\n    y: 2\n`],
  [
    'other notations of numbers',
    `${OUT}meta:\n  a: 1e3\n  b: 0o7\n  c: 1_000\n  d: 0x1F\n  f: .5\n`,
  ],
])('%s stays as it is written', (_, text) => {
  const before = parseYaml(text, 'x.dvc') as YamlMap
  const [out] = before.get('outs') as readonly YamlMap[]
  const next = new Map(before).set('outs', [new Map(out).set('md5', 'bbb')])
  expect(editYaml(text, next, 'x.dvc')).toBe(text.replace('md5: aaa', 'md5: bbb'))
})

test('what is kept is moved in with the rest', () => {
  const text = 'meta:\n    note:\n        text: |\n            a\n              b\nouts: []\n'
  const before = parseYaml(text, 'x.dvc') as YamlMap
  expect(editYaml(text, before, 'x.dvc')).toBe(
    'meta:\n  note:\n    text: |\n        a\n          b\nouts: []\n',
  )
})
