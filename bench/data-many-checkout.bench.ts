/**
 * 100,000 files of 4 KiB beside `dvc` and `cp -r`, in turns, disk cache warm: checkout and pull. What is checked out was
 * added and pushed by ours for both: the formats are the same. `node bench/data-many-checkout.bench.ts`
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FILES, writeManyFiles } from './data/many-files.ts'
import { type Contest, runStep } from './data/steps.ts'
import {
  makeProject,
  ratchet,
  realDvc,
  settle,
  timedCommand,
  withManyFiles,
} from './data/projects.ts'

function setLinkType(root: string, type: string): void {
  const file = join(root, '.dvc/config')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/type = \w+/, `type = ${type}`))
}

await withManyFiles((base) => {
  const contest: Contest = {
    base,
    ours: { tool: ratchet, root: makeProject(base, 'ours') },
    theirs: { tool: realDvc(), root: makeProject(base, 'theirs') },
    rounds: 1,
  }
  for (const { root } of [contest.ours, contest.theirs]) {
    writeManyFiles(join(root, 'data'))
    for (const args of [['add', 'data'], ['push']])
      execFileSync(ratchet.command, args, { cwd: root, stdio: 'ignore' })
  }
  settle(base)
  let copies = 0
  const copying = (option: string): number =>
    timedCommand(base, 'cp', [option, join(contest.ours.root, 'data'), join(base, `${copies++}`)])
  const limit = Math.min(copying('-r'), copying('-r'))
  const linking = Math.min(copying('-rl'), copying('-rl'))
  const name = `${FILES.toLocaleString('en')} files`
  // Moved away and not deleted: see `withManyFiles`.
  let moved = 0
  const moveAway = (path: string): void => {
    if (existsSync(path)) renameSync(path, join(base, `away-${moved++}`))
  }
  const without = (root: string): void => moveAway(join(root, 'data'))
  const checkout = ['checkout']
  runStep(contest, {
    measure: `${name}: checkout by copy`,
    args: checkout,
    reach: 5,
    limit,
    before: without,
  })
  runStep(contest, {
    measure: `${name}: checkout by hard link`,
    args: checkout,
    reach: 2.3,
    limit: linking,
    before: (root) => {
      without(root)
      setLinkType(root, 'hardlink')
    },
  })
  runStep(contest, {
    measure: `${name}: pull into an empty clone`,
    args: ['pull'],
    reach: 10,
    reachMemory: 400,
    limit: 2 * limit,
    before: (root) => {
      without(root)
      setLinkType(root, 'copy')
      for (const folder of ['.dvc/cache', '.ratchet']) moveAway(join(root, folder))
    },
  })
})
