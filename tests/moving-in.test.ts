import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const RATCHET = fileURLToPath(new URL('../bin/ratchet', import.meta.url))
const RUN = 'a'.repeat(32)
const DELETED = 'b'.repeat(32)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-moving-in-'))
  write('ratchet.yaml', 'project: x\nmodels: {}\n')
  const experiment = "experiment_id: '1'\nlifecycle_stage: active\n"
  write('old/mlruns/1/meta.yaml', `${experiment}name: team/price\n`)
  for (const [id, lifecycle] of [
    [RUN, 'active'],
    [DELETED, 'deleted'],
  ] as const) {
    const run = `old/mlruns/1/${id}`
    write(
      `${run}/meta.yaml`,
      `experiment_id: '1'\nlifecycle_stage: ${lifecycle}\nrun_id: ${id}\nstart_time: 1\nend_time: 2\nstatus: 3\n`,
    )
    write(`${run}/metrics/loss`, '1 0.5 0\n2 0.25 1\n')
    write(`${run}/artifacts/a.txt`, 'hello')
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

async function ratchet(...args: readonly string[]): Promise<{ code: number; json: unknown }> {
  return new Promise((resolve) => {
    execFile(RATCHET, [...args, '--json'], { cwd: folder }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, json: JSON.parse(stdout) })
    })
  })
}

describe('the command line, without a control plane', () => {
  it('takes over an mlruns folder, once', async () => {
    const first = await ratchet('import', 'old/mlruns')
    expect(first).toMatchObject({ code: 0, json: { faults: 0, bytes: 10, mapped: [] } })
    const again = (await ratchet('import', 'old')).json as { kinds: { written: number }[] }
    expect(again.kinds.map(({ written }) => written)).toEqual(again.kinds.map(() => 0))
    expect(await ratchet('import', 'nowhere')).toMatchObject({
      code: 2,
      json: { error: { code: 'IMPORT_SOURCE_UNKNOWN' } },
    })
  })

  it('frees what was deleted, after a look', async () => {
    const planned = { runs: [{ id: DELETED }], files: 1, bytes: 5 }
    const look = await ratchet('runs', 'gc', '--dry-run', '--experiment', 'team/price')
    expect(look).toMatchObject({ code: 0, json: { ...planned, freed: null } })
    const done = await ratchet('runs', 'gc')
    expect(done.json).toMatchObject({ ...planned, freed: { runs: 1, files: 1, bytes: 5 } })
    expect((await ratchet('runs', 'gc', '--older-than', 'soon')).code).toBe(2)
  })

  it('copies, moves, exports and takes a run back from its archive', async () => {
    const copy = await ratchet('runs', 'copy', RUN, '--to', 'Default')
    expect(copy.json).toMatchObject({ runs: [{ from: RUN, experiment_id: '0' }] })
    expect((await ratchet('runs', 'move', RUN, '--to', 'nowhere')).code).toBe(4)
    const moved = await ratchet('runs', 'move', RUN, '--to', 'Default')
    expect(moved.json).toMatchObject({ runs: [{ id: RUN, experiment_id: '0' }] })
    const file = join(folder, 'run.tar.gz')
    const written = await ratchet('runs', 'export', RUN, '-o', file)
    expect(written).toMatchObject({ code: 0, json: { file, runs: 1, files: 4 } })
    expect(await ratchet('runs', 'import', file)).toMatchObject({
      code: 0,
      json: { runs: 1, runs_new: 0, points: 0, kept: 1 },
    })
    expect(await ratchet('runs', 'import', 'ratchet.yaml')).toMatchObject({
      code: 2,
      json: { error: { code: 'ARCHIVE_INVALID' } },
    })
  })
})
