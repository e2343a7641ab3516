import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { addDataset, type DataProject, initDataProject, openDataProject } from '../index.ts'

const readStageOuts = (): readonly [] => []

/** A project `here`, and beside it a repository `other` with the tags v1 and v2: `data` is kept by DVC, `docs` by Git. */
export class TwoRepositories {
  readonly folder = mkdtempSync(join(tmpdir(), 'ratchet-imports-'))
  readonly project = this.repository('here')

  async begin(): Promise<this> {
    const other = this.repository('other')
    for (const version of ['v1', 'v2']) {
      this.write('other/data/a', `${version}\n`)
      this.write('other/data/s/b', 'b\n')
      this.write('other/docs/readme', 'read\n')
      await addDataset(other, 'data')
      this.commit('other', version)
      this.git('other', 'tag', version)
    }
    other.close()
    return this
  }

  repository(name: string): DataProject {
    const root = join(this.folder, name)
    mkdirSync(root)
    this.git(name, 'init', '-q', '-b', 'main')
    initDataProject(root)
    return openDataProject(root)
  }

  git(name: string, ...args: readonly string[]): string {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    const options = { stdio: 'pipe', encoding: 'utf8' } as const
    return execFileSync('git', ['-C', join(this.folder, name), ...who, ...args], options)
  }

  commit(name: string, message: string): void {
    this.git(name, 'add', '-A')
    this.git(name, 'commit', '-qm', message)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  readonly read = (path: string): string => readFileSync(join(this.folder, path), 'utf8')

  /** How an import from `other` is asked for. */
  from() {
    const clones = join(this.folder, 'clones')
    return { url: '../other', cwd: this.project.root, here: '', clones, readStageOuts }
  }

  close(): void {
    this.project.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
