import { describe, expect, it } from 'vitest'
import type { MatchedBy } from './schema.ts'
import { matchRun, type Place, type StartedRun } from './match.ts'

const HEAD = 'a'.repeat(40)
const OTHER = 'b'.repeat(40)
const files: Readonly<Record<string, string>> = {
  '/project/src/train.py': 'src/train.py',
  'train.py': 'src/train.py',
}
const place: Place = {
  commit: HEAD,
  user: 'ana',
  now: 1_000_000,
  scriptOf: ({ source }) => files[source] ?? null,
}
const run = (said: Partial<StartedRun>): StartedRun => ({
  id: 'r',
  userId: 'ana',
  startedAt: place.now - 500,
  source: 'train.py',
  commit: HEAD,
  isNotebook: false,
  isStage: false,
  ...said,
})

describe('a run started in this project', () => {
  it.each<[string, Partial<StartedRun>, MatchedBy]>([
    ['its script is here by its full path', { source: '/project/src/train.py' }, 'path'],
    ['also where no commit is said', { source: '/project/src/train.py', commit: null }, 'path'],
    ['also of another user', { source: '/project/src/train.py', userId: 'bob' }, 'path'],
    ['its script, the commit and the user are ours', {}, 'commit'],
    ['its notebook is that of a kernel here', { isNotebook: true, commit: null }, 'kernel'],
    ['a notebook that names the commit', { isNotebook: true }, 'commit'],
  ])('%s', (_, said, by) => {
    expect(matchRun(run(said), place)).toEqual({ script: 'src/train.py', by })
  })
})

describe('a run is not known to have started here', () => {
  it.each<[string, Partial<StartedRun>]>([
    ['the script is elsewhere', { source: '/home/ana/train.py' }],
    ['there is no such file', { source: 'other.py' }],
    ['the commit is another', { commit: OTHER }],
    ['the commit is another, by full path too', { source: '/project/src/train.py', commit: OTHER }],
    ['no commit is said of a file that could be anybody’s', { commit: null }],
    ['another user has a clone at the same commit', { userId: 'bob' }],
    ['a notebook is somebody else’s', { isNotebook: true, commit: null, userId: 'bob' }],
    ['a stage tells all of it by itself', { isStage: true }],
    ['it started long ago: it was imported', { startedAt: place.now - 3_600_000 }],
    ['it says that it starts tomorrow', { startedAt: place.now + 86_400_000 }],
  ])('%s', (_, said) => {
    expect(matchRun(run(said), place)).toBeNull()
  })
})
