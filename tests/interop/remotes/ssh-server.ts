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
import { freePort } from '../../free-port.ts'
import { startServer } from './server-process.ts'

const SSHD = '/usr/sbin/sshd'

export interface SshServer {
  readonly folder: string
  readonly user: string
  readonly port: number
  /** The private key that is let in. */
  readonly key: string
  /** Holds an `ssh` that leaves the user's own configuration alone and knows the server. */
  readonly bin: string
  readonly addressOf: (name: string) => string
  /** Writes into a home folder that the server is known. */
  readonly trust: (home: string) => void
  readonly stop: () => Promise<void>
}

/** A real SSH server of its own, with keys of its own. */
export async function startSshServer(): Promise<SshServer> {
  if (!existsSync(SSHD))
    throw new Error(
      `This test talks to a real SSH server. It needs ${SSHD}: install openssh-server.`,
    )
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-ssh-'))
  for (const name of ['host', 'key', 'stranger'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  copyFileSync(join(folder, 'key.pub'), join(folder, 'authorized'))
  const user = userInfo().username
  const port = await freePort()
  writeFileSync(join(folder, 'sshd_config'), configuration(folder, port))
  // Privilege separation wants its folder; a machine that never ran the service does not have it.
  if (user === 'root') mkdirSync('/run/sshd', { recursive: true })
  const server = await startServer([SSHD, '-D', '-e', '-f', join(folder, 'sshd_config')], port)
  const [type = '', key = ''] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ')
  const known = join(folder, 'known_hosts')
  writeFileSync(known, `[127.0.0.1]:${port} ${type} ${key}\n`)
  const options = `-o UserKnownHostsFile=${known} -o StrictHostKeyChecking=yes`
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F none ${options} "$@"\n`, {
    mode: 0o755,
  })
  return {
    folder,
    user,
    port,
    key: join(folder, 'key'),
    bin: join(folder, 'bin'),
    addressOf: (name) => `ssh://${user}@127.0.0.1:${port}${folder}/${name}`,
    trust: (home) => {
      mkdirSync(join(home, '.ssh'), { mode: 0o700 })
      copyFileSync(known, join(home, '.ssh/known_hosts'))
    },
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configuration(folder: string, port: number): string {
  return [
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
  ].join('\n')
}
