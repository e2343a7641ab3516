import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

export const WEBHOOKS = '/api/2.0/mlflow/webhooks'
export const MODEL_CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' }

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A server, and somebody whom its webhooks call. */
export interface WebhookWorld {
  readonly world: MlflowWorld
  readonly url: string
  readonly received: readonly Received[]
  /** What the receiver was told, in the order in which it was. */
  readonly told: () => readonly Readonly<Record<string, unknown>>[]
  /** What the receiver says to the next calls; when nothing is left, 200. */
  readonly answerWith: (...answers: readonly Answer[]) => void
  /** Makes a webhook that calls the receiver. @returns its id */
  readonly listen: (events: readonly object[], more?: object) => Promise<string>
  readonly createModel: (name: string, tags?: readonly object[]) => Promise<unknown>
  readonly deliver: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function openWebhookWorld(): Promise<WebhookWorld> {
  const world = await openMlflowWorld()
  const received: Received[] = []
  const answers: Answer[] = []
  const receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => (text += String(part)))
    request.on('end', () => {
      received.push({ headers: request.headers, text })
      const { status, headers } = answers.shift() ?? { status: 200 }
      response.writeHead(status, headers).end('thanks')
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  return {
    world,
    url,
    received,
    told: () => received.map(({ text }) => JSON.parse(text) as Record<string, unknown>),
    answerWith: (...next) => void answers.splice(0, answers.length, ...next),
    listen: async (events, more = {}) => {
      const made = await world.ask('POST', WEBHOOKS, { name: 'ci', url, events, ...more })
      if (made.status !== 200) throw new Error(JSON.stringify(made.body))
      return String(made.body['webhook'].webhook_id)
    },
    createModel: (name, tags = []) =>
      world.ask('POST', '/api/2.0/mlflow/registered-models/create', { name, tags }),
    deliver: () => deliver(world),
    close: async () => {
      receiver.closeAllConnections()
      receiver.close()
      await world.close()
    },
  }
}

// A retry waits for real time, which stands still here until it is moved.
async function deliver(world: MlflowWorld): Promise<void> {
  const mover = setInterval(() => world.realClock.advance(10_000), 20)
  await world.worker.settle()
  clearInterval(mover)
}
