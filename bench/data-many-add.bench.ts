/**
 * 100,000 files of 4 KiB beside `dvc` and `cp -r`, in turns, disk cache warm: add, status, push.
 * `node bench/data-many-add.bench.ts`
 */
import { join } from 'node:path'
import { changeTen, FILES, writeManyFiles } from './data/many-files.ts'
import { type Contest, runStep } from './data/steps.ts'
import {
  makeProject,
  ratchet,
  realDvc,
  settle,
  timedCommand,
  withManyFiles,
} from './data/projects.ts'

await withManyFiles((base) => {
  const contest: Contest = {
    base,
    ours: { tool: ratchet, root: makeProject(base, 'ours') },
    theirs: { tool: realDvc(), root: makeProject(base, 'theirs') },
    rounds: 1,
  }
  for (const { root } of [contest.ours, contest.theirs]) writeManyFiles(join(root, 'data'))
  settle(base)
  // The copies stay: see `withManyFiles`.
  const copying = (name: string): number =>
    timedCommand(base, 'cp', ['-r', join(contest.ours.root, 'data'), join(base, name)])
  const limit = Math.min(copying('one'), copying('two'))
  const name = `${FILES.toLocaleString('en')} files`
  const nothing = (): void => {}
  const add = ['add', 'data']
  runStep(contest, {
    measure: `${name}: add`,
    args: add,
    reach: 5,
    reachMemory: 250,
    limit,
    before: nothing,
  })
  const repeated = { ...contest, rounds: 3 }
  runStep(repeated, { measure: `${name}: status`, args: ['status'], reach: 0.5, before: nothing })
  let turn = 0
  runStep(repeated, {
    measure: `${name}: add after 10 changed`,
    args: add,
    reach: 0.8,
    before: (root) => changeTen(join(root, 'data'), turn++),
  })
  runStep(contest, { measure: `${name}: push`, args: ['push'], reach: 5, limit, before: nothing })
  runStep(repeated, { measure: `${name}: push again`, args: ['push'], reach: 0.5, before: nothing })
})
