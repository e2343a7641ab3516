import { existsSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { md5 as md5Of } from '../../../base/hash.ts'
import { datasetErrors } from '../errors.ts'
import { findCommit } from '../tracked/git-objects.ts'
import { madeBeside } from './put-in-place.ts'

/**
 * A bare clone of another repository, kept under `folder` so that a second look only asks for what is new.
 * @throws DATASET_REPOSITORY_AWAY
 */
export async function cloneRepository(
  url: string,
  folder: string,
  rev: string | undefined,
): Promise<string> {
  if (url.startsWith('-')) throw away(url, 'it is no address')
  const clone = join(folder, md5Of(Buffer.from(url)))
  if (!existsSync(join(clone, 'HEAD'))) {
    await madeBeside(clone, (fresh) => run(url, ['clone', '--quiet', '--bare', '--', url, fresh]))
    return clone
  }
  // A full hash never changes what it means.
  const known = rev !== undefined && /^[0-9a-f]{40}$/.test(rev) && (await findCommit(clone, rev))
  if (known === false || known === null) {
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
    await run(url, ['-C', clone, 'fetch', '--quiet', '--prune', url, ...refs])
  }
  return clone
}

function run(url: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // Nobody is there to be asked for a password.
    const asking = ['-c', 'core.askPass=true', '-c', 'credential.interactive=false']
    execFile('git', [...asking, ...args], { maxBuffer: 1 << 24 }, (error, _, problem) => {
      if (error === null) resolve()
      else reject(away(url, problem.trim().split('\n').at(-1) ?? error.message))
    })
  })
}

function away(url: string, detail: string) {
  return datasetErrors.DATASET_REPOSITORY_AWAY({ detail: `${url}: ${detail}` })
}
