import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { md5 } from '../../base/hash.ts'
import { addDataset, type DataProject, initDataProject, openDataProject } from './index.ts'

/** A project in a Git repository, with an empty remote in the folder beside it. */
export interface TransferWorld {
  /** Holds `project` and `remote`. */
  readonly base: string
  readonly root: string
  readonly project: DataProject
  readonly write: (path: string, text: string) => void
  /** The folder `d` of two files. */
  readonly addTwo: () => Promise<void>
  readonly close: () => void
}

export const CACHE = '.dvc/cache/files/md5'

/** Where an object lies below a cache or a remote. */
export function object(text: string): string {
  return join(md5(text).slice(0, 2), md5(text).slice(2))
}

export function openTransferWorld(): TransferWorld {
  const base = mkdtempSync(join(tmpdir(), 'ratchet-transfer-'))
  const root = join(base, 'project')
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  appendFileSync(
    join(root, '.dvc/config'),
    `[core]\n    remote = near\n['remote "near"']\n    url = ../../remote\n`,
  )
  const project = openDataProject(root)
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return {
    base,
    root,
    project,
    write,
    addTwo: async () => {
      write('d/a.csv', 'a')
      write('d/sub/b.csv', 'b')
      await addDataset(project, 'd')
    },
    close: () => {
      project.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}
