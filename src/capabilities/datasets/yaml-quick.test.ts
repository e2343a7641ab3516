import fc from 'fast-check'
import { parseDocument } from 'yaml'
import { expect, test } from 'vitest'
import { emitYaml } from './yaml-emit.ts'
import { quickYaml } from './yaml-quick.ts'
import type { YamlMap, YamlValue } from './yaml-values.ts'

const strict = (text: string): unknown =>
  parseDocument(text, { schema: 'failsafe', logLevel: 'silent' })

/** What the library makes of a text, every plain scalar as its text. */
function slow(text: string): unknown {
  const document = strict(text) as ReturnType<typeof parseDocument>
  if (document.errors.length > 0) return 'refused'
  return document.toJS({ mapAsMap: true }) as unknown
}

// The quick reader's values, with scalars turned back into text where the library keeps text.
function untyped(value: YamlValue): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, untyped(item)]))
  if (Array.isArray(value)) return value.map((item: YamlValue) => untyped(item))
  return typeof value === 'string' ? value : '<typed>'
}

function comparable(quick: unknown, real: unknown): unknown {
  if (quick === '<typed>') return '<typed>'
  if (quick instanceof Map && real instanceof Map)
    return new Map(
      [...real].map(([key, item]) => [
        key,
        comparable((quick as Map<unknown, unknown>).get(key), item),
      ]),
    )
  if (Array.isArray(quick) && Array.isArray(real))
    return real.map((item: unknown, index) => comparable(quick[index], item))
  return real
}

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.stringMatching(/^[a-z0-9 ./:#'"[\]{},&*!|>%@`=~<-]{0,120}$/),
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x1',
    '- a',
    'a: b',
    "it's",
    '--flag x > y',
    'é 😀',
    ' lead',
    'trail ',
  ),
)
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
const tree = fc.letrec<{ value: YamlValue; map: YamlMap }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('map'),
  ),
  map: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
}))

test('what it reads, it reads as the library does: files as DVC writes them', () => {
  fc.assert(
    fc.property(tree.map, (map) => {
      const written = emitYaml(map)
      const quick = quickYaml(written)
      if (quick === undefined) return
      expect(comparable(untyped(quick), slow(written))).toEqual(untyped(quick))
    }),
    { numRuns: 1500 },
  )
})

const lines = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.constantFrom(
      'a:',
      'b: x',
      '- y',
      '-',
      '- k: v',
      'z',
      "'q'",
      '# c',
      '',
      'c: [1, b]',
      'd: - e',
      '? f',
      'g: h: i',
      '"j": 1',
      'l: m # n',
      '- - o',
      'p: "q',
      '-x',
      'r : s',
      '? : t',
      'u:v',
      'w: {}',
      '--- y',
      '- [a',
      'k: |',
    ),
  ),
  { maxLength: 7 },
)

test('and files as nobody should write them', () => {
  fc.assert(
    fc.property(lines, (rows) => {
      const written = rows.map(([indent, body]) => ' '.repeat(indent) + body).join('\n')
      const quick = quickYaml(written)
      if (quick === undefined) return
      expect(comparable(untyped(quick), slow(written))).toEqual(untyped(quick))
    }),
    { numRuns: 8000 },
  )
})

test('it reads what DVC writes without the library', () => {
  const lock = `schema: '2.0'
stages:
  a@1:
    cmd: mkdir -p data/out && cp data/raw.csv data/out/a.csv && cp data/z.txt 
      data/out/b.txt && echo this --and > x
      --has --many --options
    deps:
    - path: data/raw.csv
      md5: '12345678901234567890123456789012'
      size: 8
    params:
      params.yaml:
        lr: 1e-05
        list:
        - a
        -
        - - b
          - c
        none:
`
  const read = quickYaml(lock) as ReadonlyMap<string, ReadonlyMap<string, YamlMap>>
  expect(read.get('stages')?.get('a@1')?.get('cmd')).toBe(
    'mkdir -p data/out && cp data/raw.csv data/out/a.csv && cp data/z.txt data/out/b.txt && echo this --and > x --has --many --options',
  )
  expect(read.get('stages')?.get('a@1')?.get('params')).toEqual(
    new Map([
      [
        'params.yaml',
        new Map<string, YamlValue>([
          ['lr', { type: 'float', value: 1e-5 }],
          ['list', ['a', null, ['b', 'c']]],
          ['none', null],
        ]),
      ],
    ]),
  )
})
