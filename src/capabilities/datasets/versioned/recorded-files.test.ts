import { expect, test } from 'vitest'
import { parseDvcFile } from '../dvc-file.ts'
import { emitYaml } from '../yaml-emit.ts'
import { parseYaml } from '../yaml-parse.ts'
import { isYamlMap, type YamlMap } from '../yaml-values.ts'
import { entryWithVersions } from './record.ts'
import { recordedFiles } from './recorded-files.ts'

// dvc 3.67.1, after `dvc push` to an S3 bucket with versions and version_aware = true
const FOLDER = `outs:
- hash: md5
  path: data
  files:
  - relpath: a
    md5: 60b725f10c9c85c70d97880dfe8191b3
    size: 2
    cloud:
      upstream:
        etag: 60b725f10c9c85c70d97880dfe8191b3
        version_id: 01M8MEB0X6MY421QNV62EHN30N
  - relpath: sub/b
    md5: 3b5d5c3712955042212316173ccf37be
    size: 2
    isexec: true
`
const FILE = `outs:
- md5: 5bbf5a52328e7439ae6e719dfe712200
  size: 4
  hash: md5
  path: one.csv
  cloud:
    upstream:
      etag: 5bbf5a52328e7439ae6e719dfe712200
      version_id: 01M8MEB0X0SKBMMYFF8YZZ2H7K
`

function outOf(text: string): YamlMap {
  const document = parseYaml(text, 'x.dvc')
  const outs = isYamlMap(document) ? document.get('outs') : undefined
  const [out] = Array.isArray(outs) ? outs : []
  if (!isYamlMap(out)) throw new Error('no out')
  return out
}

test.each([FOLDER, FILE])('what is read of a record is written as it was', (text) => {
  const out = outOf(text)
  const files = recordedFiles(out, 'x.dvc') ?? []
  expect(emitYaml(new Map([['outs', [entryWithVersions(out, files)]]]))).toBe(text)
})

test('a folder that is recorded file by file has the hash of its list', () => {
  const { hash } = parseDvcFile('/', 'data.dvc', FOLDER)
  expect(hash).toEqual({ md5: '8b3662b0d460701f7734cdf533c5aa85.dir', size: 4, nfiles: 2 })
  // Before DVC 3 no kind of hash was named.
  const old = parseDvcFile('/', 'data.dvc', FOLDER.replace('- hash: md5\n  path', '- path'))
  expect(old.hash).toMatchObject({ legacy: true })
})

test('an early DVC named versions without their remote', () => {
  const [, before = ''] = FILE.split('  cloud:')
  const text = `${FILE.replace(`  cloud:${before}`, '')}  version_id: '7'\n`
  expect(recordedFiles(outOf(text), 'x.dvc')).toMatchObject([
    { relpath: '', stored: { remote: null, version: '7' } },
  ])
})

test.each([
  ['a name that leads out', FOLDER.replace('relpath: a', 'relpath: ../a')],
  ['a hash that is none', FOLDER.replace('60b725f10c9c85c70d97880dfe8191b3', '../60')],
])('%s is refused', (_, text) => {
  const code = expect.stringMatching(/DATASET_(FILE_INVALID|OUTSIDE)/) as string
  expect(() => recordedFiles(outOf(text), 'x.dvc')).toThrow(expect.objectContaining({ code }))
})
