import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { remoteContract } from '../../../src/capabilities/datasets/remotes/remote.contract.ts'
import { openSshRemote } from '../../../src/capabilities/datasets/remotes/ssh.ts'
import { IllLine } from './ill-proxy.ts'
import { lyingContract } from './lies.contract.ts'
import { remoteSettingsOf } from './settings.ts'
import { type SshServer, startSshServer } from './ssh-server.ts'

let folder: string
let server: SshServer
let folders = 0
const path = process.env['PATH'] ?? ''

beforeAll(async () => {
  server = await startSshServer()
  folder = server.folder
  // The user's own configuration stays as it is: an `ssh` earlier on the path brings the test's.
  process.env['PATH'] = `${server.bin}:${path}`
})
afterAll(async () => {
  process.env['PATH'] = path
  await server.stop()
})

const open = (path: string, values: Readonly<Record<string, string>> = {}) =>
  openSshRemote(
    remoteSettingsOf(`ssh://${server.user}@127.0.0.1:${server.port}${path}`, {
      keyfile: join(folder, 'key'),
      ...values,
    }),
  )

remoteContract('SSH', () => open(`${folder}/remote ${folders++}`))

lyingContract('SSH', { speaksHttp: false }, async () => {
  const path = `${folder}/liar ${folders++}`
  const url = `ssh://${server.user}@127.0.0.1:${server.port}${path}`
  const settings = { url, keyfile: join(folder, 'key') }
  return { settings, open: () => open(path), proxy: null }
})

it('is not waited for when it falls silent, and said to be gone when the line drops', async () => {
  const line = new IllLine(server.port)
  const port = await line.start()
  const settings = remoteSettingsOf(`ssh://${server.user}@127.0.0.1:${port}${folder}/x`, {
    keyfile: join(folder, 'key'),
  })
  // The line has another port than the server that is known.
  writeFileSync(join(folder, 'known_hosts'), knownAs(port), { flag: 'a' })
  try {
    const silent = await openSshRemote(settings, { silentMs: 300 })
    expect(await silent.head('files/md5/ab/absent')).toBe(null)
    line.isSilent = true
    const said = {
      code: 'DATASET_REMOTE_UNREACHABLE',
      detail: expect.stringContaining('nothing came') as string,
    }
    await expect(silent.head('files/md5/ab/absent')).rejects.toMatchObject(said)
    await silent.close()
    line.isSilent = false
    const dropping = await openSshRemote(settings)
    const asked = dropping.list('files/')[Symbol.asyncIterator]().next()
    line.drop()
    await expect(asked).rejects.toMatchObject({ code: 'DATASET_REMOTE_UNREACHABLE' })
    await dropping.close()
  } finally {
    line.stop()
  }
})

function knownAs(port: number): string {
  const [type = '', key = ''] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ')
  return `[127.0.0.1]:${port} ${type} ${key}\n`
}

it.each(['a key that the server does not know', 'no key'])(
  'is told that it may not come in: %s',
  async (title) => {
    const none = { allow_agent: 'false' }
    const values = title === 'no key' ? none : { ...none, keyfile: join(folder, 'stranger') }
    const opening = openSshRemote(
      remoteSettingsOf(`ssh://${server.user}@127.0.0.1:${server.port}/x`, values),
    )
    await expect(opening).rejects.toMatchObject({ code: 'DATASET_REMOTE_REFUSED' })
  },
)

it('says that nobody answers, and that a host is no option', async () => {
  const closed = openSshRemote(remoteSettingsOf('ssh://127.0.0.1:9/x', {}))
  await expect(closed).rejects.toMatchObject({ code: 'DATASET_REMOTE_UNREACHABLE' })
  const hostile = openSshRemote(remoteSettingsOf('ssh://-oProxyCommand=touch%20x/x', {}))
  await expect(hostile).rejects.toMatchObject({ code: 'DATASET_FILE_INVALID' })
})

it('names the folder where it may not write', async () => {
  const content = join(folder, 'content')
  writeFileSync(content, 'x')
  const remote = await open('/proc/nowhere')
  const source = { path: content, size: 1, md5: '9dd4e461268c8034f5c8564e155c67a6' }
  await expect(remote.upload('files/md5/ab/x', source)).rejects.toMatchObject({ exit: 69 })
  await remote.close()
})
