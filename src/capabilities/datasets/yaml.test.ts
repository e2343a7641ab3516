import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { emitYaml } from './yaml-emit.ts'
import { parseYaml } from './yaml-parse.ts'
import { isYamlMap, plainTag, type YamlValue } from './yaml-values.ts'

// Made by ruamel.yaml 0.19.1 through DVC 3.67.1, for each value v:
//   from dvc.utils.serialize import dumps_yaml
//   nested = dumps_yaml({"stages": {"s": {"cmd": v}}}); list = dumps_yaml({"l": [v, copy.deepcopy(v)]})
//   key = dumps_yaml({v: 1}) where v is text
interface Golden {
  readonly value: Json
  readonly nested: string
  readonly list: string
  readonly key?: string
}
const golden = JSON.parse(
  readFileSync(new URL('yaml.golden.json', import.meta.url), 'utf8'),
) as readonly Golden[]

function toYaml(value: Json): YamlValue {
  if (Array.isArray(value)) return value.map((item: Json) => toYaml(item))
  if (value === null || typeof value !== 'object') return value as YamlValue
  if ('float' in value) return { type: 'float', value: pythonNumber(String(value['float'])) }
  return new Map(Object.entries(value).map(([key, item]) => [key, toYaml(item)]))
}

function pythonNumber(text: string): number {
  return Number(text.replace('inf', 'Infinity'))
}

describe('emitYaml writes what ruamel.yaml writes', () => {
  test.each(golden)('$value', ({ value, nested, list }) => {
    const item = toYaml(value)
    expect(emitYaml(new Map([['stages', new Map([['s', new Map([['cmd', item]])]])]]))).toBe(nested)
    expect(emitYaml(new Map([['l', [item, item]]]))).toBe(list)
  })

  test.each(golden.filter(({ key }) => key !== undefined))('$value as a key', ({ value, key }) => {
    expect(emitYaml(new Map([[String(value), 1]]))).toBe(key)
  })

  // A lone line separator does not survive the parser; no path or command holds one.
  test.each(golden.filter(({ value }) => value !== '\u2028'))(
    '$value reads back',
    ({ value, nested }) => {
      const item = toYaml(value)
      const expected = new Map([['stages', new Map([['s', new Map([['cmd', item]])]])]])
      expect(parseYaml(nested, 'dvc.lock')).toEqual(expected)
    },
  )
})

test('a number-like hash is text only when quoted', () => {
  expect(plainTag('123456e1234')).toBe('float')
  expect(plainTag('yes')).toBe('str')
  expect(parseYaml("md5: '1234'", 'x.dvc')).toEqual(new Map([['md5', '1234']]))
})

test('names the place of a syntax error', () => {
  expect(() => parseYaml('a: [1\nb: 2\n', 'dvc.yaml')).toThrow(
    expect.objectContaining({
      code: 'DATASET_FILE_INVALID',
      path: expect.stringContaining('dvc.yaml:'),
    }),
  )
})

test('refuses aliases that expand without end', () => {
  const lines = ['a0: &a0 [1,1,1,1,1,1,1,1,1,1]']
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}*a${i - 1}]`)
  expect(() => parseYaml(lines.join('\n'), 'x')).toThrow('200,000')
})

test('what is written out is no bomb, and an anchor means what it was given last', () => {
  const text = `x: &x [${'1,'.repeat(200_000)}]\ny: &x 2\nz: *x\n`
  const read = parseYaml(text, 'x')
  expect(isYamlMap(read) && [read.get('y'), read.get('z')]).toEqual([2, 2])
})

test.each([
  ['a circle', '&a [*a]'],
  ['an alias of nothing', 'a: *b\nc: &b 1\n'],
  ['a circle of mappings', 'a: &a\n  b: *a\n'],
  ['depth', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['depth of mappings', `a: ${'{a: '.repeat(50_000)}1${'}'.repeat(50_000)}`],
])('%s is refused with its file', (_, text) => {
  expect(() => parseYaml(text, 'some/dvc.yaml')).toThrow(
    expect.objectContaining({
      code: 'DATASET_FILE_INVALID',
      path: expect.stringContaining('some/dvc.yaml') as string,
    }),
  )
})

// Checked with ruamel.yaml 0.19.1: list(YAML(typ='safe').load(text)['c'].items())
test.each([
  [
    'w: 0\n  <<: *a\n  x: 9',
    [
      ['x', 9],
      ['y', 2],
      ['w', 0],
    ],
  ],
  [
    '<<: [*a, *b]\n  w: 1',
    [
      ['y', 2],
      ['z', 4],
      ['x', 1],
      ['w', 1],
    ],
  ],
  ['<<: {k: v}', [['k', 'v']]],
  ["'<<': 1", [['<<', 1]]],
])('merge keys: c: %j', (c, expected) => {
  const text = `a: &a {x: 1, y: 2}\nb: &b\n  y: 3\n  z: 4\nc:\n  ${c}\n`
  const document = parseYaml(text, 'dvc.yaml')
  const merged = isYamlMap(document) ? document.get('c') : null
  expect(isYamlMap(merged) ? [...merged] : merged).toEqual(expected)
})
