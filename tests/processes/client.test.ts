import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, ClientError, createClient } from '../../src/client/index.ts'
import { createProject, type Project, type Up, until, up } from './project.ts'

// The client of the package beside the whole product, as a service in TypeScript would use it.

let project: Project
let running: Up
let client: Client
beforeAll(async () => {
  project = createProject()
  for (const words of [['init'], ['add', 'data/births'], ['repro']]) await project.ratchet(...words)
  running = await up(project, '--replay', '1971-01-02')
  client = createClient({ trackingUri: running.control, inferenceUri: running.data })
})
afterAll(async () => {
  await running?.stop()
  project.remove()
})

it('logs a run, finds it, and reads its files back', async () => {
  const experimentId = await client.createExperiment('team/churn', { tags: { owner: 'me' } })
  expect(await client.getExperimentByName('team/churn')).toMatchObject({
    experimentId,
    lifecycleStage: 'active',
    tags: { owner: 'me' },
  })
  expect(await client.getExperimentByName('nobody')).toBe(null)
  const { info } = await client.createRun(experimentId, { runName: 'first' })
  await client.logParam(info.runId, 'depth', 3)
  await client.logMetric(info.runId, 'auc', 0.5, { step: 1, timestamp: 1 })
  const metrics = [
    { key: 'auc', value: 0.75, step: 2, timestamp: 2 },
    { key: 'loss', value: Number.NaN, step: 2, timestamp: 2 },
  ]
  // A batch that is sent twice, because its first answer was lost, is there once.
  for (let sent = 0; sent < 2; sent++)
    await client.logBatch(info.runId, { metrics, params: { rate: '0.1' }, tags: { team: 'a' } })
  await client.logDict(info.runId, { rows: 3 }, 'reports/data check.json')
  expect((await client.setTerminated(info.runId)).status).toBe('FINISHED')

  const history = await client.getMetricHistory(info.runId, 'auc')
  expect(history.map(({ value, step }) => [value, step])).toEqual([
    [0.5, 1],
    [0.75, 2],
  ])
  const { items } = await client.searchRuns([experimentId], {
    filterString: "metrics.auc > 0.7 and params.depth = '3'",
    orderBy: ['metrics.auc DESC'],
  })
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({
    info: { runName: 'first', status: 'FINISHED' },
    data: {
      metrics: { auc: 0.75, loss: Number.NaN },
      params: { depth: '3', rate: '0.1' },
      tags: { team: 'a' },
    },
  })
  expect(await client.listArtifacts(info.runId, 'reports')).toEqual([
    { path: 'reports/data check.json', isDir: false, fileSize: 15 },
  ])
  const file = await client.downloadArtifact(info.runId, 'reports/data check.json')
  expect(JSON.parse(new TextDecoder().decode(file))).toEqual({ rows: 3 })
})

it('registers a version, names it and finds it by its alias', async () => {
  await client.createRegisteredModel('churn', { description: 'Who leaves', tags: { team: 'a' } })
  const again = client.createRegisteredModel('churn')
  await expect(again).rejects.toThrow(ClientError)
  await expect(again).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS', status: 400 })
  const [run] = (await client.searchRuns(['0', '1'])).items
  const runId = run?.info.runId ?? ''
  const made = await client.createModelVersion('churn', `runs:/${runId}/reports`, { runId })
  expect(made).toMatchObject({ name: 'churn', version: '1', runId, currentStage: 'None' })
  await client.setRegisteredModelAlias('churn', 'candidate', '1')
  await client.transitionModelVersionStage('churn', '1', 'staging')
  expect(await client.getModelVersionByAlias('churn', 'candidate')).toMatchObject({
    version: '1',
    currentStage: 'Staging',
    aliases: ['candidate'],
  })
  expect((await client.searchModelVersions({ filterString: "name = 'churn'" })).items).toHaveLength(
    1,
  )
})

it('asks for a prediction and tells what came of it', async () => {
  expect((await project.ratchet('register', 'births')).code).toBe(0)
  expect((await project.ratchet('promote', 'births')).code).toBe(0)
  await until(async () => (await running.ask('GET', '/v2/models/births/ready')).status === 200)
  const inputs = { weekday: 1, day_of_year: 10, holiday: 0, day_index: 740 }
  const tensors = Object.entries(inputs).map(([name, value]) => ({
    name,
    shape: [1, 1],
    datatype: 'INT64',
    data: [value],
  }))
  const prediction = await client.predict('births', tensors)
  expect(prediction).toMatchObject({ modelVersion: '1', arm: 'control' })
  expect(prediction.outputs[0]?.data[0]).toBeGreaterThan(1000)
  const truth = { predictionId: prediction.predictionId, label: 9000, at: new Date('1971-01-02') }
  expect(await client.feedback([truth])).toEqual(['accepted'])
  expect(await client.feedback([truth])).toEqual(['duplicate'])
})

it('is a cause among causes: from a run to the run above it, and to its data', async () => {
  const { info: above } = await client.createRun('0', { runName: 'sweep' })
  const md5 = /md5: (\w+\.dir)/.exec(project.read('data/births.dvc'))?.[1] ?? ''
  const tags = { 'mlflow.parentRunId': above.runId, 'ratchet.input.data/births': md5 }
  const { info } = await client.createRun('0', { runName: 'third of nine', tags })
  const told = (await project.ratchet('why', info.runId)).stdout
  expect(told).toMatch(/third of nine[\s\S]*sweep/)
  expect(told).toContain(`hash ${md5}`)
  expect((await project.ratchet('why', 'data/births')).stdout).toContain(md5)
})

it('does not notice that the control plane was killed and started again', async () => {
  const { info } = await client.createRun('0')
  process.kill(await running.pidOf('control'), 'SIGKILL')
  await client.logMetric(info.runId, 'after', 1, { timestamp: 1 })
  expect((await client.getRun(info.runId)).data.metrics).toEqual({ after: 1 })
})
