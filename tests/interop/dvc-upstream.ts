import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'

/** Another repository with data of two versions, whose commits have the same names whoever makes them. */
export function makeUpstream(repository: DvcRepository): void {
  const dvc = (...args: readonly string[]): string =>
    repository.dvcOf(tools.dvc(), args, '.home/up')
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: join(repository.root, '.home/up'),
      env: {
        ...repository.environment,
        GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
        GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
      },
      encoding: 'utf8',
      stdio: 'pipe',
    })
  for (const name of ['data/a', 'data/s/b', 'docs/x/readme'])
    repository.write(`.home/up/${name}`, `${name}\n`)
  git('init', '-q', '-b', 'main')
  dvc('init', '-q')
  for (const version of ['v1', 'v2']) {
    repository.write('.home/up/data/a', `${version}\n`)
    dvc('add', '-q', 'data')
    git('add', '-A')
    git('commit', '-qm', version)
    git('tag', version)
  }
}
