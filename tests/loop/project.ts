import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { initDataProject } from '../../src/capabilities/datasets/index.ts'

// Training: the last count in the books that it may read. The words after `cmd` are all the machine learning there is.
const DVC_YAML = `stages:
  train:
    cmd: awk -F, '$1 <= "\${train.until}" { last = $2 } END { print last }' data/sales/books.csv > models/sales.txt
    deps: [data/sales]
    params: [train.until]
    outs: [models/sales.txt]
`

/** A Git and DVC project in a folder of its own. */
export function createProject(): string {
  const root = mkdtempSync(join(tmpdir(), 'ratchet-loop-'))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  write('dvc.yaml', DVC_YAML)
  write('params.yaml', 'train:\n  until: "2024-01-01"\n')
  write('models/.gitignore', '/sales.txt\n')
  write('data/sales/books.csv', '2023-12-01,100\n')
  write('data/sales.dvc', 'outs:\n- hash: md5\n  path: sales\n')
  write('.gitignore', '.ratchet/\n/data/sales\n')
  const git = (...args: readonly string[]): void => void execFileSync('git', args, { cwd: root })
  git('init', '--quiet')
  initDataProject(root)
  git('add', '--all')
  const identity = ['-c', 'user.name=shop', '-c', 'user.email=shop@example.com']
  git(...identity, 'commit', '--quiet', '--message', 'sales: the first model')
  return root
}

export function writeBooks(root: string, line: string): void {
  writeFileSync(join(root, 'data/sales/books.csv'), line, { flag: 'a' })
}
