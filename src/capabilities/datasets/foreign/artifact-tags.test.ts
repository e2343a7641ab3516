import { expect, test } from 'vitest'
import { type ArtifactTag, chooseTag, readArtifactName, readArtifactTag } from './artifact-tags.ts'

/** Tags in the order of time, a second apart. */
const tagsOf = (...names: readonly string[]): readonly ArtifactTag[] =>
  names.flatMap((tag, index) => readArtifactTag({ tag, taggedAtS: index, commit: tag }) ?? [])

test.each([
  ['model@v1.2.3', { artifact: 'model', version: 'v1.2.3', stage: null, isCancelled: false }],
  ['model@v1.2.3-rc.1+b.5#7', { artifact: 'model', version: 'v1.2.3-rc.1+b.5' }],
  ['sub/deep=model@v0.0.1', { artifact: 'sub/deep:model', version: 'v0.0.1' }],
  ['model#prod#3', { stage: 'prod', version: null, isCancelled: false }],
  ['model#prod!#4', { stage: 'prod', isCancelled: true }],
  ['model@v1.0.0!#5', { version: 'v1.0.0', isCancelled: true }],
])('%s is the tag of an artifact', (tag, expected) => {
  expect(readArtifactTag({ tag, taggedAtS: 0, commit: 'c' })).toMatchObject(expected)
})

test.each([
  'v1.0.0',
  'model@1.0.0',
  'model@v1.0',
  'model@deprecated',
  'data/raw@first',
  '-m@v1.0.0',
])('%s is none', (tag) => expect(readArtifactTag({ tag, taggedAtS: 0, commit: 'c' })).toBe(null))

test.each([
  ['model', { folder: '', id: 'model' }],
  ['sub:model', { folder: 'sub', id: 'model' }],
  ['sub/dvc.yaml:model', { folder: 'sub', id: 'model' }],
  ['dvc.yaml:model', { folder: '', id: 'model' }],
  ['a model', null],
])('%s is a name', (text, expected) => expect(readArtifactName(text)).toEqual(expected))

test('the highest version is meant by none, and not the last', () => {
  const order =
    'v1.0.0-alpha v1.0.0-alpha.1 v1.0.0-alpha.beta v1.0.0-beta.2 v1.0.0-beta.11 v1.0.0-rc.1 v1.0.0 v2.0.0 v10.0.0'
  const names = order.split(' ').map((version) => `m@${version}`)
  for (let count = names.length; count > 0; count--) {
    const tags = tagsOf(...names.slice(0, count).toReversed(), 'other@v99.0.0', 'm#prod')
    expect(chooseTag(tags, { artifact: 'm' })?.tag).toBe(names[count - 1])
  }
})

test('a stage means what it was given last', () => {
  const tags = tagsOf('m@v1.0.0', 'm#prod#1', 'm@v2.0.0', 'm#dev#2', 'm#prod#3')
  expect(chooseTag(tags, { artifact: 'm', stage: 'prod' })?.tag).toBe('m#prod#3')
  expect(chooseTag(tags, { artifact: 'm', stage: 'test' })).toBe(null)
})

test('what was withdrawn is none, until it is given again', () => {
  const tags = tagsOf('m@v1.0.0', 'm@v2.0.0', 'm@v2.0.0!#2', 'm#prod#3', 'm#prod!#4')
  expect(chooseTag(tags, { artifact: 'm' })?.tag).toBe('m@v1.0.0')
  expect(chooseTag(tags, { artifact: 'm', version: 'v2.0.0' })).toBe(null)
  expect(chooseTag(tags, { artifact: 'm', stage: 'prod' })).toBe(null)
  const again = tagsOf('m@v2.0.0', 'm@v2.0.0!#2', 'm@v2.0.0#3')
  expect(chooseTag(again, { artifact: 'm' })?.tag).toBe('m@v2.0.0#3')
})

test('of two tags of one second the one with the higher count is the later', () => {
  const both = ['m#prod#10', 'm#prod#9'].map((tag) => ({ tag, taggedAtS: 5, commit: tag }))
  const tags = both.flatMap((each) => readArtifactTag(each) ?? [])
  expect(chooseTag(tags, { artifact: 'm', stage: 'prod' })?.tag).toBe('m#prod#10')
})
