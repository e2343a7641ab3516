import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { createProject, type Project, until, type Up, up } from '../processes/project.ts'
import { runMlflowClient } from './mlflow-python.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly status: number
}

let project: Project
let running: Up
let receiver: Server
let url: string
const received: Received[] = []
/** What the receiver answers, one after the other; 200 once they are used up. */
let statuses: number[] = []
let broken = false

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => (text += String(part)))
    request.on('end', () => {
      const status = broken ? 503 : (statuses.shift() ?? 200)
      received.push({ headers: request.headers, text, status })
      response.writeHead(status).end('thanks')
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  project = createProject()
  process.env['MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS'] = 'true'
  process.env['MLFLOW_WEBHOOK_ALLOWED_SCHEMES'] = 'http,https'
  running = await up(project)
})
afterAll(async () => {
  await running.stop()
  receiver.closeAllConnections()
  receiver.close()
  project.remove()
})

function bodyOf({ text }: Received) {
  return JSON.parse(text) as { entity: string; data: { name: string } }
}

function isSigned({ headers, text }: Received): boolean {
  const id = String(headers['x-mlflow-delivery-id'])
  const signed = `${id}.${String(headers['x-mlflow-timestamp'])}.${text}`
  const digest = createHmac('sha256', 'sesame').update(signed).digest('base64')
  return headers['x-mlflow-signature'] === `v1,${digest}`
}

const about = (name: string) => received.filter((one) => bodyOf(one).data.name === name)

it(`tells what the unmodified mlflow ${MLFLOW_VERSION} asked to hear, signed, and again after a 503 and a 429`, async () => {
  statuses = [200, 503, 429]
  const read = await runMlflowClient({
    script: 'mlflow-webhooks.py',
    args: [url],
    server: running.control,
    cwd: project.root,
  })
  expect(read).toMatchObject({
    secret: null,
    tested: [true, 200, 'thanks'],
    names: ['ci-2', 'other'],
    changed: ['ci-2', 'ACTIVE', 'tells CI'],
    events: ['registered_model.created', 'model_version_alias.created'],
    left: ['ci-2'],
  })
  await until(() => about('heard').some(({ status }) => status === 200))
  expect(about('heard').map(({ status }) => status)).toEqual([503, 429, 200])
  expect(new Set(about('heard').map(({ headers }) => headers['x-mlflow-delivery-id'])).size).toBe(1)
  expect(received.every(isSigned)).toBe(true)
  expect(about('unheard')).toEqual([])
  expect(JSON.parse(about('heard')[0]?.text ?? '')).toMatchObject({
    entity: 'registered_model',
    action: 'created',
    data: { name: 'heard', tags: { team: 'a' }, description: 'a model' },
  })
})

it('delivers after a kill what had not been taken before it', async () => {
  broken = true
  const { status } = await running.ask('POST', '/api/2.0/mlflow/registered-models/create', {
    name: 'late',
  })
  expect(status).toBe(200)
  await until(() => about('late').length > 0)
  const pid = await running.pidOf('control')
  process.kill(pid, 'SIGKILL')
  expect(await running.pidOf('control', pid)).not.toBe(pid)
  await running.ready()
  broken = false
  await until(() => about('late').some((one) => one.status === 200))
  expect(about('late').filter((one) => one.status === 200)).toHaveLength(1)
  expect(about('late').every(isSigned)).toBe(true)
  expect(new Set(about('late').map(({ headers }) => headers['x-mlflow-delivery-id'])).size).toBe(1)
})
