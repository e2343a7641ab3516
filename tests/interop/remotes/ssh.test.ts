import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { remoteContract } from '../../../src/capabilities/datasets/remotes/remote.contract.ts'
import { openSshRemote } from '../../../src/capabilities/datasets/remotes/ssh.ts'
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
