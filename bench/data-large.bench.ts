/** One file of 2 GiB beside `dvc`, `md5sum` and `cp`, in turns, disk cache warm. `node bench/data-large.bench.ts` */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Contest, runStep } from './data/steps.ts'
import { makeProject, ratchet, realDvc, settle, timedCommand, withBase } from './data/projects.ts'

const MIB = 1 << 20
const SIZE = 2048

function writeLarge(path: string): void {
  const file = openSync(path, 'w')
  const block = randomBytes(MIB)
  for (let index = 0; index < SIZE; index++) {
    block.writeUInt32LE(index)
    writeSync(file, block)
  }
  closeSync(file)
}

const remove = (...paths: readonly string[]): void => {
  for (const path of paths) rmSync(path, { recursive: true, force: true })
}

await withBase((base) => {
  const contest: Contest = {
    base,
    ours: { tool: ratchet, root: makeProject(base, 'ours') },
    theirs: { tool: realDvc(), root: makeProject(base, 'theirs') },
    rounds: 2,
  }
  for (const { root } of [contest.ours, contest.theirs]) writeLarge(join(root, 'big'))
  settle(base)
  const file = join(contest.ours.root, 'big')
  const md5 = timedCommand(base, 'md5sum', [file])
  const copy = Math.min(...[0, 1].map(() => timedCommand(base, 'cp', [file, join(base, 'copy')])))
  remove(join(base, 'copy'))
  const cache = (root: string): string => join(root, '.dvc/cache')
  runStep(contest, {
    measure: '2 GiB: add',
    args: ['add', 'big'],
    reach: 3.6,
    limit: md5,
    before: (root) => {
      remove(cache(root), join(root, '.ratchet'), join(root, 'big.dvc'))
      // DVC remembers the hash of a file that it saw before, outside of the project.
      utimesSync(join(root, 'big'), new Date(), new Date())
    },
  })
  runStep(contest, { measure: '2 GiB: status', args: ['status'], reach: 0.13, before: () => {} })
  runStep(contest, {
    measure: '2 GiB: push',
    args: ['push'],
    reach: 3.4,
    limit: md5,
    before: (root) => remove(`${root}-remote`),
  })
  runStep(contest, {
    measure: '2 GiB: checkout',
    args: ['checkout'],
    reach: 0.8,
    limit: copy,
    before: (root) => remove(join(root, 'big')),
  })
  runStep(contest, {
    measure: '2 GiB: pull',
    args: ['pull'],
    reach: 3.4,
    limit: md5,
    before: (root) => remove(join(root, 'big'), cache(root), join(root, '.ratchet')),
  })
})
