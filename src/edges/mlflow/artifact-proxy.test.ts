import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

let world: MlflowWorld
beforeAll(async () => {
  world = await openMlflowWorld()
})
afterAll(async () => {
  expect(world.faults).toEqual([])
  await world.close()
})

const proxy = '/api/2.0/mlflow-artifacts/artifacts'

it('files go in and out as they are, and only as downloads', async () => {
  const { id } = await world.tracking.createRun({ experimentId: '0' })
  const put = (path: string, body: string) =>
    fetch(`${world.root}${proxy}/0/${id}/artifacts/${path}`, { method: 'PUT', body })
  expect((await put('a%20b/x.html', '<script>')).status).toBe(200)
  expect((await put('empty', '')).status).toBe(200)
  const response = await fetch(`${world.root}${proxy}/0/${id}/artifacts/a%20b/x.html`)
  expect(await response.text()).toBe('<script>')
  expect(response.headers.get('content-disposition')).toContain('attachment')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await world.ask('GET', `${proxy}?path=0/${id}/artifacts`)).body).toEqual({
    files: [
      { path: 'a b', is_dir: true },
      { path: 'empty', is_dir: false, file_size: 0 },
    ],
  })
  expect(
    (await world.ask('GET', `/api/2.0/mlflow/artifacts/list?run_id=${id}&path=a b`)).body,
  ).toEqual({
    root_uri: `mlflow-artifacts:/0/${id}/artifacts`,
    files: [{ path: 'a b/x.html', is_dir: false, file_size: 8 }],
  })
  expect(await world.ask('DELETE', `${proxy}/0/${id}/artifacts/empty`)).toEqual({
    status: 200,
    body: {},
  })
  expect((await world.ask('GET', `${proxy}/0/${id}/artifacts/empty`)).status).toBe(404)
})

it.each(['..%2f..%2fx', '%252e%252e/%252e%252e/x', '%2Fetc%2Fpasswd', 'a%5Cb', 'sha256/ab'])(
  'files stay inside: %s',
  async (path) => {
    const refused = {
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid path' },
    }
    expect(await world.ask('GET', `${proxy}/${path}`)).toMatchObject(refused)
    expect(await world.ask('DELETE', `${proxy}/${path}`)).toMatchObject(refused)
    expect(await world.ask('PUT', `${proxy}/${path}`, {})).toMatchObject(refused)
    expect(await world.ask('GET', `${proxy}?path=${path}`)).toMatchObject(refused)
  },
)

it('files keep what they held when an upload breaks off', async () => {
  const path = `${proxy}/0/cut/artifacts/model.bin`
  await fetch(`${world.root}${path}`, { method: 'PUT', body: 'whole' })
  const { hostname, port } = new URL(world.root)
  const socket = connect(Number(port), hostname)
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf`)
  await setTimeout(100)
  socket.destroy()
  await setTimeout(100)
  expect(await (await fetch(`${world.root}${path}`)).text()).toBe('whole')
  expect(readdirSync(join(world.folder, 'artifacts/0/cut/artifacts'))).toEqual(['model.bin'])
})
