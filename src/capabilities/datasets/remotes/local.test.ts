import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openLocalRemote } from './local.ts'
import { remoteContract } from './remote.contract.ts'
import type { RemoteSettings } from './settings.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function settings(): RemoteSettings {
  const url = mkdtempSync(join(tmpdir(), 'ratchet-remote-'))
  folders.push(url)
  return { name: 'storage', url, values: new Map() }
}

remoteContract('a folder', async () => openLocalRemote(settings()))

test.each(['../x', 'files/../../x', '/etc/passwd', '', 'a\0b'])(
  'refuses the key %j',
  async (key) => {
    const remote = openLocalRemote(settings())
    await expect(remote.head(key)).rejects.toMatchObject({ code: 'DATASET_OUTSIDE' })
  },
)
