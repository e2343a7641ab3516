import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { datasetErrors } from '../errors.ts'
import { remoteFault } from './faults.ts'
import { sftpFiles, type Sftp } from './sftp-files.ts'
import { SftpSession } from './sftp-session.ts'
import type { RemoteSettings } from './settings.ts'
import { type RemoteValues, valuesOf } from './values.ts'

export interface SshConnection {
  readonly sftp: Sftp
  readonly close: () => Promise<void>
}

const LONGEST_CONNECT_S = 30

/**
 * Files of another machine through the user's own `ssh`: its configuration, keys, agent, known hosts and jump hosts
 * hold here as they do on the shell.
 * @throws DATASET_REMOTE_REFUSED, DATASET_REMOTE_UNREACHABLE
 */
export async function connectBySsh(
  settings: RemoteSettings,
  silentMs?: number,
): Promise<SshConnection> {
  const url = new URL(settings.url)
  const host = decodeURIComponent(url.hostname)
  // A host that starts with a dash would be read as an option that runs a command.
  if (host === '' || host.startsWith('-'))
    throw datasetErrors.DATASET_FILE_INVALID({
      detail: `the address of remote "${settings.name}" names no host; expected ssh://USER@HOST/FOLDER`,
    })
  const values = valuesOf(settings)
  const secret = askpass(values)
  const words = [...secret.before, 'ssh', ...options(values, url), '-s', '--', host, 'sftp']
  const [program = 'ssh', ...rest] = words
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] })
  const session = new SftpSession(child.stdout, child.stdin, silentMs)
  const said = listenTo(child, session, settings)
  try {
    const sftp = await sftpFiles(session)
    return { sftp, close: () => close(child) }
  } catch (error) {
    child.kill()
    throw said.fault ?? remoteFault(error, { address: settings.url })
  } finally {
    secret.forget()
  }
}

function options(values: RemoteValues, url: URL): readonly string[] {
  const port = url.port === '' ? values.text('port') : url.port
  const user = url.username === '' ? values.text('user') : decodeURIComponent(url.username)
  const keyfile = values.path('keyfile')
  const seconds = Math.min(values.number('timeout') ?? LONGEST_CONNECT_S, LONGEST_CONNECT_S)
  const told = values.text('password') !== undefined || values.text('passphrase') !== undefined
  // What is not written down `ssh` asks the person at the terminal, where there is one.
  const asks = values.flag('ask_password') === true || values.flag('ask_passphrase') === true
  const settings = [
    `BatchMode=${told || asks ? 'no' : 'yes'}`,
    `ConnectTimeout=${seconds}`,
    'ServerAliveInterval=15',
    'Compression=no',
    'Ciphers=^aes128-gcm@openssh.com',
    ...(values.flag('gss_auth') === true ? ['GSSAPIAuthentication=yes'] : []),
    ...(values.flag('allow_agent') === false ? ['IdentityAgent=none'] : []),
    ...(told ? ['NumberOfPasswordPrompts=1'] : []),
  ]
  return [
    ...settings.flatMap((setting) => ['-o', setting]),
    ...(port === undefined ? [] : ['-p', port]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(keyfile === undefined ? [] : ['-i', keyfile, '-o', 'IdentitiesOnly=yes']),
  ]
}

// `ssh` asks a program for what it may not ask a person. Command lines and environments can be seen by others on the
// machine, so the secret goes through files that only this user can read, and which are gone once we are in.
function askpass(values: RemoteValues) {
  const secret = values.text('password') ?? values.text('passphrase')
  if (secret === undefined) return { before: [], forget: () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-ssh-'))
  const program = join(folder, 'answer')
  writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 })
  writeFileSync(program, `#!/bin/sh\nexec cat '${join(folder, 'secret')}'\n`)
  chmodSync(program, 0o700)
  return {
    before: ['env', `SSH_ASKPASS=${program}`, 'SSH_ASKPASS_REQUIRE=force', 'DISPLAY=none:0'],
    forget: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const REFUSED = /Permission denied|Host key verification failed|Too many authentication failures/i

function listenTo(child: ChildProcess, session: SftpSession, { name, url }: RemoteSettings) {
  const said: { fault: Error | null } = { fault: null }
  let words = ''
  child.stderr?.on(
    'data',
    (chunk: Buffer) => void (words = (words + chunk.toString()).slice(-2000)),
  )
  child.on('error', (cause) => {
    said.fault = datasetErrors.DATASET_REMOTE_UNREACHABLE({
      detail: `${url}: there is no program ssh on this machine`,
      next: 'Install the OpenSSH client.',
      cause,
    })
    session.fail(said.fault)
  })
  child.on('close', () => {
    const told = words.trim().split('\n').at(-1) ?? ''
    const detail = `remote "${name}" (${url}): ssh ended${told === '' ? '' : `: ${told}`}`
    said.fault ??= REFUSED.test(words)
      ? datasetErrors.DATASET_REMOTE_REFUSED({
          detail,
          next: 'Try `ssh` with the same host and user by hand; a key, its passphrase or the host key is missing.',
        })
      : datasetErrors.DATASET_REMOTE_UNREACHABLE({ detail })
    session.fail(said.fault)
  })
  return said
}

async function close(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
  await ended
  clearTimeout(timer)
}
