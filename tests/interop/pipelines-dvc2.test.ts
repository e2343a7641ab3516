import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { repro } from '../../src/capabilities/pipelines/index.ts'
import { dvcIn } from './dvc-forks.ts'
import { tools } from './tools.ts'

// A stage that DVC 2 ran: one input has DOS line ends, one output will change and two will not, one of them kept by Git.
const FILES: Readonly<Record<string, string>> = {
  raw: '1\n2\n',
  'dos.txt': 'a\r\nb\r\n',
  'dvc.yaml': `stages:
  count:
    cmd: cat raw > copy; cat dos.txt > same; echo '{"n":1}' > m.json
    deps: [raw, dos.txt]
    outs: [copy, same]
    metrics: [m.json: {cache: false}]
`,
}
// As DVC 2 writes it: no kind of hash, text hashed with Unix line ends. `raw` had one line less then.
const LOCK = `schema: '2.0'
stages:
  count:
    cmd: cat raw > copy; cat dos.txt > same; echo '{"n":1}' > m.json
    deps:
    - path: dos.txt
      md5: dd8c6a395b5dd36c56d23275028f526c
      size: 6
    - path: raw
      md5: b026324c6904b2a9cb4b88d6d61c81d1
      size: 2
    outs:
    - path: copy
      md5: b026324c6904b2a9cb4b88d6d61c81d1
      size: 2
    - path: m.json
      md5: 9a760bd8d19f5f33076348d83be57f66
      size: 8
    - path: same
      md5: dd8c6a395b5dd36c56d23275028f526c
      size: 6
`

let dvcTool: string
beforeAll(() => {
  dvcTool = tools.dvc()
}, 300_000)

test('what DVC 2 recorded and did not change keeps its form, in dvc.lock and in the cache', async () => {
  const base = mkdtempSync(join(tmpdir(), 'ratchet-dvc2-'))
  const [theirs, ours] = [join(base, 'theirs'), join(base, 'ours')]
  const env = { ...process.env, SHELL: '/bin/sh' }
  const dvc = (root: string, ...args: readonly string[]): string =>
    dvcIn(dvcTool, args, { cwd: root, env })
  execFileSync('git', ['init', '-q', theirs])
  dvc(theirs, 'init', '-q')
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(theirs, path), text)
  writeFileSync(join(theirs, 'dvc.lock'), LOCK)
  cpSync(theirs, ours, { recursive: true })
  dvc(theirs, 'repro', '-q')
  const deps = { root: ours, stateDir: join(ours, '.ratchet'), env, clock: systemClock }
  const { error } = await repro(deps, { runId: 'run_1', targets: [] })
  expect(error).toBeNull()
  const lock = (root: string): string => readFileSync(join(root, 'dvc.lock'), 'utf8')
  expect(lock(ours)).toBe(lock(theirs))
  expect(lock(ours).match(/hash: md5/g)).toHaveLength(2)
  const objects = (root: string) =>
    readdirSync(join(root, '.dvc/cache'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|\/)[0-9a-f]{30}$/.test(path))
      .toSorted()
  expect(objects(ours)).toEqual(objects(theirs))
  expect(dvc(ours, 'status')).toContain('Data and pipelines are up to date')
  rmSync(base, { recursive: true, force: true })
}, 120_000)
