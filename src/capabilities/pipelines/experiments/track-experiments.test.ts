import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../base/time.ts'
import { createEventLog } from '../../../events/index.ts'
import { testDatabase } from '../../../storage/database/database.testing.ts'
import type { Database } from '../../../storage/database/port.ts'
import { openDataProject } from '../../datasets/index.ts'
import { createTracking, type Tracking } from '../../tracking/index.ts'
import { type TestProject, testProject } from '../project.testing.ts'
import { DVC_EXPERIMENT, experimentsToken, trackExperiments } from './track-experiments.ts'

const PIPELINE = `stages:
  train:
    cmd: echo done
    params: [lr]
    metrics: [{metrics.json: {cache: false}}]
`

let project: TestProject
let database: Database
let tracking: Tracking

beforeEach(async () => {
  project = testProject({ 'dvc.yaml': PIPELINE })
  commit('baseline', { lr: 0.1, loss: 10 })
  database = await testDatabase()
  const { publish } = createEventLog(systemClock)
  tracking = createTracking({ database, clock: systemClock, publish })
})
afterEach(async () => {
  await database.close()
  project.remove()
})

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
  const options = { encoding: 'utf8', stdio: 'pipe' } as const
  return execFileSync('git', ['-C', project.root, ...who, ...args], options).trim()
}

function commit(message: string, { lr, loss }: { readonly lr: number; readonly loss: number }) {
  project.write('params.yaml', `lr: ${lr}\n`)
  project.write('metrics.json', JSON.stringify({ loss, by: { note: 'text' } }))
  git('add', '-A')
  git('commit', '-qm', message)
  return git('rev-parse', 'HEAD')
}

/** As `dvc exp run` leaves one: a commit on the baseline behind a name of its own, the branch where it was. */
function experiment(name: string, values: { readonly lr: number; readonly loss: number }): string {
  const baseline = git('rev-parse', 'HEAD')
  const made = commit(name, values)
  git('update-ref', `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/${name}`, made)
  git('reset', '-q', '--hard', baseline)
  return made
}

async function track() {
  const opened = openDataProject(project.root, { stateDir: project.stateDir })
  try {
    return await trackExperiments({ database, tracking, clock: systemClock, project: opened })
  } finally {
    opened.close()
  }
}

async function runsByName() {
  const { id = '' } = (await tracking.findExperiment(DVC_EXPERIMENT)) ?? {}
  const runs = await Promise.all((await tracking.listRunIds(id)).map((run) => tracking.getRun(run)))
  return new Map(runs.map((run) => [run.name, run]))
}

test('experiments of DVC are runs below the run of their baseline, with what they changed', async () => {
  const made = experiment('fast', { lr: 0.2, loss: 5 })
  git('update-ref', 'refs/exps/stash', made)
  git('pack-refs', '--all')
  expect(await track()).toEqual({ experiments: 1, added: 2 })
  const runs = await runsByName()
  const [baseline, fast] = [runs.get('master') ?? runs.get('main'), runs.get('fast')]
  expect(fast).toMatchObject({
    status: 'FINISHED',
    params: { lr: '0.2' },
    metrics: [{ key: 'loss', value: 5, step: 0 }],
    tags: {
      'ratchet.source': 'dvc',
      'dvc.experiment': 'fast',
      'mlflow.source.git.commit': made,
      'mlflow.parentRunId': baseline?.id,
      'dvc.baseline_commit': git('rev-parse', 'HEAD'),
    },
  })
  expect(fast?.tags['mlflow.note.content']).toContain('- lr: 0.1 → 0.2\n- loss: 10 → 5')
  expect(baseline).toMatchObject({ params: { lr: '0.1' }, metrics: [{ key: 'loss', value: 10 }] })
})

test('what was taken over stays, what is new is added, and nothing is there twice', async () => {
  experiment('one', { lr: 0.2, loss: 5 })
  await track()
  const before = await experimentsToken(project.root)
  const { id = '' } = (await runsByName()).get('one') ?? {}
  await tracking.deleteRun(id)
  experiment('two', { lr: 0.3, loss: 4 })
  expect(await experimentsToken(project.root)).not.toBe(before)
  expect(await track()).toEqual({ experiments: 2, added: 1 })
  expect(await track()).toEqual({ experiments: 2, added: 0 })
  expect(await tracking.getRunInfo(id)).toMatchObject({ lifecycle: 'deleted' })
})

test('one whose files cannot be read is left out, the others are not', async () => {
  experiment('good', { lr: 0.2, loss: 5 })
  const baseline = git('rev-parse', 'HEAD')
  project.write('dvc.yaml', 'stages: [\n')
  git('commit', '-qam', 'broken')
  git(
    'update-ref',
    `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/bad`,
    git('rev-parse', 'HEAD'),
  )
  git('reset', '-q', '--hard', baseline)
  expect(await track()).toEqual({ experiments: 2, added: 2 })
  expect((await runsByName()).has('bad')).toBe(false)
})

test('a project without experiments makes no experiment', async () => {
  expect(await track()).toEqual({ experiments: 0, added: 0 })
  expect(await tracking.findExperiment(DVC_EXPERIMENT)).toBeNull()
})
