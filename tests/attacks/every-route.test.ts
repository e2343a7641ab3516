import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filled, isCall, isNative, isProtocol, isRead, isUpload, type Route } from './addresses.ts'
import { type Answer, type Attacked, JSON_TYPE, openAttacked } from './world.ts'

/**
 * The same attacks at every address that the control plane has, as its own router lists them: an address that is
 * added tomorrow is attacked tomorrow. What must hold everywhere: no fault of ours, an answer in the words of the
 * protocol that was asked, nothing of the disk in it, and a server that answers afterwards.
 */
let attacked: Attacked
beforeAll(async () => {
  attacked = await openAttacked()
})
afterAll(async () => {
  expect(await attacked.close()).toEqual([])
})

/** Everything that any call takes for an id, a name or a number of something. */
const IDS = [
  'run_id run_uuid experiment_id experiment_name model_id name version alias webhook_id dataset_id request_id trace_id',
  'assessment_id dataset_record_ids experiment_ids run_ids model_ids trace_ids request_ids metric_key key id stage',
  'new_name source source_run_id upload_id experiment_name model action text after page_token url file',
].flatMap((names) => names.split(' '))
const NUMBERS = [
  'max_results timestamp step end_time start_time max_timestamp_millis max_traces part_size num_parts value version',
  'page_size limit offset start end at seconds to from',
].flatMap((names) => names.split(' '))
const PATHS = [
  'path artifact_path artifact_file_path artifact_directory_path file dataset folder',
].flatMap((names) => names.split(' '))

function askedFor(
  { url }: Route,
  value: string,
  names: readonly string[],
  inPath: string = value,
): string {
  const query = names.map((name) => `${name}=${encodeURIComponent(value)}`).join('&')
  return `${filled(url, inPath)}?${query}`
}

interface Asked {
  readonly path: string
  readonly content?: string | Uint8Array
  readonly type?: string
}

/**
 * Sends to every address at once what `asked` makes for it. @returns the answers in which something does not hold that
 * must hold everywhere
 */
async function everywhere(asked: (route: Route) => Asked | null): Promise<readonly string[]> {
  const answers = await Promise.all(
    attacked.routes.filter(isCall).map(async (route) => {
      const { path, content, type = 'application/json' } = asked(route) ?? { path: '' }
      if (path === '') return []
      const headers = isRead(route) && content === undefined ? {} : { 'content-type': type }
      const sent = { headers, ...(content === undefined ? {} : { content }) }
      const answer = await attacked.send(route.method, path, sent)
      const fault = faultIn(route, answer)
      return fault === null ? [] : [`${route.method} ${route.url}: ${fault}: ${told(answer)}`]
    }),
  )
  const { text } = await attacked.send('GET', '/health')
  return [...answers.flat(), ...(text === 'OK' ? [] : ['the server does not answer any more'])]
}

/** Null where the body is streamed to the disk as it comes. */
function withBody(
  route: Route,
  content: string | Uint8Array,
  path: string = filled(route.url, '1'),
): Asked | null {
  return isUpload(route) ? null : { path, content }
}

const told = ({ status, text }: Answer): string => `${status} ${text.slice(0, 300)}`

function faultIn(route: Route, answer: Answer): string | null {
  const { status, text, body } = answer
  if (/the secret|root:x/.test(text)) return 'shows the disk'
  if (text.includes('Ratchet failed at')) return 'is a fault of ours'
  if (status < 400) return null
  // MLflow answers a few faults of its caller by 500; ours would be in the log, which is looked at in the end.
  if (isProtocol(route) && typeof protocolCode(answer) !== 'string') return 'is not in its words'
  if (isNative(route) && (typeof body['code'] !== 'string' || status >= 500)) return 'is no problem'
  return null
}

// An address that cannot be decoded is told before anybody knows whose it is.
const protocolCode = ({ text, body }: Answer): unknown =>
  body['error_code'] ?? (text.includes('not a valid url') ? body['code'] : undefined)

const everyField = (value: unknown): string =>
  JSON.stringify(Object.fromEntries([...IDS, ...NUMBERS, ...PATHS].map((name) => [name, value])))

describe('at every address', () => {
  it('there is something to attack', () => {
    expect(attacked.routes.filter(isProtocol).length).toBeGreaterThan(150)
    expect(attacked.routes.filter(isNative).length).toBeGreaterThan(50)
  })

  it.each([
    '0'.repeat(32),
    'none',
    '99999',
    `m-${'0'.repeat(32)}`,
    `tr-${'0'.repeat(32)}`,
    `d-${'0'.repeat(32)}`,
    '-1',
    '1e400',
    'a'.repeat(150),
    '__proto__',
    "'; drop table tracking_runs; --",
    '\u0000',
    '💥',
  ])('what is not there: %j', async (id) => {
    const faults = await everywhere((route) =>
      isRead(route)
        ? { path: askedFor(route, id, IDS) }
        : withBody(route, everyField(id), filled(route.url, id)),
    )
    expect(faults).toEqual([])
  })

  it.each([5, '5', true, null, [], {}, [null], [[]], { a: { b: [] } }, 1e308, '', 'NaN', -0.5])(
    'every field is %j',
    async (value) => {
      expect(await everywhere((route) => withBody(route, everyField(value)))).toEqual([])
    },
  )

  it.each(['', 'x', '-1', '0', '1.5', '1e99', '99999999999999999999', 'NaN'])(
    'every number in a query is %j',
    async (value) => {
      const faults = await everywhere((route) => ({ path: askedFor(route, value, NUMBERS, '1') }))
      expect(faults).toEqual([])
    },
  )

  it.each(['../secret', '../../.ratchet/secret', '%2e%2e/secret', '/etc/passwd', '..\\secret'])(
    'a path leads elsewhere: %j',
    async (path) => {
      const faults = await everywhere((route) => ({
        path: askedFor(route, path, PATHS),
        ...(isRead(route) ? {} : { content: everyField(path) }),
      }))
      expect(faults).toEqual([])
    },
  )

  it('a body has 10,000 keys', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => [`key ${index}`, index] as const)
    const content = JSON.stringify(Object.fromEntries(many))
    expect(await everywhere((route) => withBody(route, content))).toEqual([])
  })

  it('a body is no UTF-8, and is not taken for something else', async () => {
    const bytes = Buffer.from(everyField('wrong: ~')).map((byte) => (byte === 126 ? 255 : byte))
    const bodies = attacked.routes.filter((route) => !isRead(route) && !isUpload(route))
    const faults = await everywhere((route) => (isRead(route) ? null : withBody(route, bytes)))
    expect(faults).toEqual([])
    for (const { method, url } of bodies) {
      const sent = { headers: JSON_TYPE, content: bytes }
      const { status } = await attacked.send(method, filled(url, '1'), sent)
      expect([method, url, [400, 404, 422].includes(status)]).toEqual([method, url, true])
    }
  })

  it('an address is no UTF-8', async () => {
    const faults = await everywhere(({ url }) => ({
      path: `${url.replaceAll(/:\w+|\*/g, '%ff%fe')}?name=%ff&path=%c3%28`,
    }))
    expect(faults).toEqual([])
  })

  it.each(['', '{', '[]', 'null', '"x"', '\u0000'])('a body is %j', async (content) => {
    expect(await everywhere((route) => withBody(route, content))).toEqual([])
  })

  it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'x'])(
    'a body is of type %j',
    async (type) => {
      const faults = await everywhere((route) => {
        const asked = withBody(route, '{}')
        return asked === null ? null : { ...asked, type }
      })
      expect(faults).toEqual([])
    },
  )
})

describe('what was deleted', () => {
  it('is written to by no call at all', async () => {
    const { post, send, get } = attacked
    const experiment_id = (await post('/experiments/create', { name: 'doomed everywhere' })).body[
      'experiment_id'
    ] as string
    const run = (await post('/runs/create', { experiment_id, run_name: 'doomed' })).body['run']
    const run_id = run.info.run_id as string
    const model = (await post('/logged-models', { experiment_id, source_run_id: run_id })).body[
      'model'
    ]
    const model_id = model.info.model_id as string
    const v3 = '/api/3.0/mlflow'
    const asJson = (body: object) => ({ headers: JSON_TYPE, content: JSON.stringify(body) })
    const dataset = await send(
      'POST',
      `${v3}/datasets/create`,
      asJson({ name: 'doomed', experiment_ids: [experiment_id] }),
    )
    const dataset_id = dataset.body['dataset'].dataset_id as string
    await send('DELETE', `${v3}/datasets/${dataset_id}`)
    await send('DELETE', `/api/2.0/mlflow/logged-models/${model_id}`)
    await post('/registered-models/create', { name: 'doomed' })
    await post('/model-versions/create', { name: 'doomed', source: 's3://bucket/model' })
    await send(
      'DELETE',
      '/api/2.0/mlflow/model-versions/delete',
      asJson({ name: 'doomed', version: '1' }),
    )
    await post('/experiments/delete', { experiment_id })
    const state = async () => [
      await get(`/runs/get?run_id=${run_id}`),
      await get(`/experiments/get?experiment_id=${experiment_id}`),
      await get('/registered-models/get?name=doomed'),
      await get(`/model-versions/get?name=doomed&version=1`),
      await get(`/logged-models/${model_id}`),
      await send('GET', `${v3}/datasets/${dataset_id}`),
    ]
    const before = await state()
    const ids: Readonly<Record<string, string>> = {
      run_id,
      run_uuid: run_id,
      experiment_id,
      model_id,
      dataset_id,
      id: run_id,
      version: '1',
    }
    const name = 'doomed'
    const whole = {
      ...ids,
      ids: [run_id],
      name,
      run_ids: [run_id],
      key: 'k',
      value: '1',
      timestamp: 1,
      status: 'FINISHED',
      params: [{ key: 'k', value: 'v' }],
      metrics: [{ key: 'k', value: 1, timestamp: 1 }],
      tags: [{ key: 'k', value: 'v' }],
      stage: 'Staging',
      alias: 'best',
      description: 'changed',
      models: [{ model_id }],
      datasets: [],
    }
    const faults = await everywhere((route) => {
      const { method, url } = route
      // These are for what is deleted, or are about the model of the version, which is there.
      if (/restore|gc|registered-models|registry\/:name\/:action/.test(url) || isUpload(route))
        return null
      if (method === 'GET' || url.endsWith('/model-versions/create')) return null
      const path = url
        .replaceAll(/:(\w+)/g, (_match, param: string) => ids[param] ?? name)
        .replaceAll('*', 'x')
      return { path, content: JSON.stringify(whole) }
    })
    expect(faults).toEqual([])
    expect(await state()).toEqual(before)
  })
})
