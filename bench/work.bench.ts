import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addDataset,
  datasetStatus,
  initDataProject,
  openDataProject,
} from '../src/capabilities/datasets/index.ts'
import { repro } from '../src/capabilities/pipelines/index.ts'
import { report } from './measure.ts'

// What small tasks cost within a program that runs already: CPU of this process, the least of several. Tests hold bounds
// that are wide enough for a busy machine; here are the figures.

const ROUNDS = 10
const FILES = 1000

const root = mkdtempSync(join(tmpdir(), 'ratchet-bench-work-'))
try {
  initDataProject(root)
  await measureTwoStages()
  await measureStatus()
} finally {
  rmSync(root, { recursive: true, force: true })
}

async function measureTwoStages(): Promise<void> {
  const stage = (name: string, dep: string): string =>
    `  ${name}:\n    cmd: cat ${dep} > ${name}.out\n    deps: [${dep}]\n    outs: [${name}.out]\n`
  writeFileSync(join(root, 'dvc.yaml'), `stages:\n${stage('a', 'raw.csv')}${stage('b', 'a.out')}`)
  const deps = { root, stateDir: join(root, '.ratchet'), env: process.env, clock: Date }
  const work = async (round: number): Promise<void> => {
    writeFileSync(join(root, 'raw.csv'), String(round))
    await repro(deps, { runId: 'run_1', targets: [] })
  }
  report({
    measure: 'two empty stages of repro, CPU',
    ours: await leastWork(work),
    unit: 'ms',
    reach: { at_most: 100 },
  })
}

async function measureStatus(): Promise<void> {
  mkdirSync(join(root, 'data'))
  for (let index = 0; index < FILES; index++)
    writeFileSync(join(root, 'data', String(index)), String(index))
  const project = openDataProject(root)
  await addDataset(project, 'data')
  const work = async (): Promise<void> => void (await datasetStatus(project))
  await work()
  report({
    measure: 'status of 1,000 unchanged files, CPU',
    ours: await leastWork(work),
    unit: 'ms',
    reach: { at_most: 100 },
  })
  project.close()
}

async function leastWork(work: (round: number) => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await work(round)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
