import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'

// The same commands, one after the other, by each tool in a repository of its own.
const COMMANDS = `
remote add -d my ../store
remote add s3 s3://b/p
remote modify s3 endpointurl http://x
config cache.type reflink,copy
remote add Up ~/zz
config core.autostage true
config core.foo 1
remote add z /a,b#c
remote add odd say"x"it's
remote modify my jobs x
config -l
config --show-origin -l
remote rename s3 s33
remote default s33
remote list
remote modify --local my jobs 4
config --local -l
config cache.dir sub/cc
config cache.dir
cache dir
cache dir ../elsewhere
cache dir
cache dir --unset
remote remove s33
config -u core.autostage
config -u core.autostage
config core.remote
config --global core.check_update false
config db.x.url postgres://y
remote add -f z https://h/x
remote modify z nokey basic
remote add nope foo://bar/x
remote add chain remote://my/sub
config parsing.bool boolean_optional
`
  .trim()
  .split('\n')

const FILES = ['.dvc/config', '.dvc/config.local', '.home/.config/dvc/config']
const START = `# remark
[Core]
    check_update = False   # here
[cache]
type = hardlink , symlink
['remote "old"']
  url = ../../x/../y
`

let theirs: DvcRepository
let ours: DvcRepository

beforeAll(() => {
  const tool = tools.dvc()
  theirs = new DvcRepository(tool)
  ours = new DvcRepository(tool)
  for (const repository of [theirs, ours]) {
    repository.dvc('init', '-q')
    repository.write('.dvc/config', START)
  }
}, 300_000)
afterAll(() => {
  theirs.close()
  ours.close()
})

function attempt(work: () => string, { root }: DvcRepository): string {
  try {
    return work().replaceAll(root, '')
  } catch {
    return 'refused'
  }
}

const files = (repository: DvcRepository): readonly (string | null)[] =>
  FILES.map((file) => (existsSync(join(repository.root, file)) ? repository.read(file) : null))

test.each(COMMANDS)('%s', (command) => {
  const args = command.split(' ')
  const expected = attempt(() => theirs.dvc(...args), theirs)
  const answer = attempt(() => ours.ratchet(...args), ours)
  expect(answer.trimEnd()).toBe(expected.trimEnd())
  expect(files(ours)).toEqual(files(theirs))
})
