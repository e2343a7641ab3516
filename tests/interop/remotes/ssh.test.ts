import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { remoteContract } from '../../../src/capabilities/datasets/remotes/remote.contract.ts'
import { openSshRemote } from '../../../src/capabilities/datasets/remotes/ssh.ts'
import { freePort } from '../../free-port.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { remoteSettingsOf } from './settings.ts'

const SSHD = '/usr/sbin/sshd'

let folder: string
let server: ServerProcess
let port: number
let folders = 0
const user = userInfo().username
const path = process.env['PATH'] ?? ''

beforeAll(async () => {
  if (!existsSync(SSHD))
    throw new Error(
      `This test talks to a real SSH server. It needs ${SSHD}: install openssh-server.`,
    )
  folder = mkdtempSync(join(tmpdir(), 'ratchet-ssh-'))
  for (const name of ['host', 'key', 'stranger'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  copyFileSync(join(folder, 'key.pub'), join(folder, 'authorized'))
  port = await freePort()
  writeFileSync(
    join(folder, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(folder, 'host')}`,
      `AuthorizedKeysFile ${join(folder, 'authorized')}`,
      `PidFile ${join(folder, 'pid')}`,
      'PasswordAuthentication no',
      'StrictModes no',
      'PermitRootLogin yes',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  )
  // Privilege separation wants its folder; a machine that never ran the service does not have it.
  if (user === 'root') mkdirSync('/run/sshd', { recursive: true })
  server = await startServer([SSHD, '-D', '-e', '-f', join(folder, 'sshd_config')], port)
  const [type = '', key = ''] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ')
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${type} ${key}\n`)
  // The user's own configuration stays as it is: an `ssh` earlier on the path brings the test's.
  const options = `-o UserKnownHostsFile=${join(folder, 'known_hosts')} -o StrictHostKeyChecking=yes`
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F none ${options} "$@"\n`, {
    mode: 0o755,
  })
  process.env['PATH'] = `${join(folder, 'bin')}:${path}`
})
afterAll(async () => {
  process.env['PATH'] = path
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const open = (path: string, values: Readonly<Record<string, string>> = {}) =>
  openSshRemote(
    remoteSettingsOf(`ssh://${user}@127.0.0.1:${port}${path}`, {
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
    const opening = openSshRemote(remoteSettingsOf(`ssh://${user}@127.0.0.1:${port}/x`, values))
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
