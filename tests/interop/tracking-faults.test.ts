import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isCi } from '../environment.ts'
import {
  type ControlPlane,
  newRun,
  planeFolder,
  startPlane,
  stepsOf,
} from '../tracking/control-plane.ts'
import { killWhileLogging } from '../tracking/kill-while-logging.ts'

it('keeps what it acknowledged over a hundred kills while many log', async () => {
  expect(await killWhileLogging(100)).toBeGreaterThan(1000)
}, 900_000)

it('says that the disk is full, lives on, and has lost nothing', async () => {
  const disk = mountSmallDisk()
  if (disk === null) return
  try {
    const { kept, refused, afterwards } = await fillAndFree(disk)
    expect(refused.status).toBe(503)
    expect(refused.body['message']).toContain('STORAGE_FULL')
    expect(kept.found).toBe(kept.acknowledged)
    expect(afterwards).toBe(kept.acknowledged + 1000)
  } finally {
    execFileSync('/bin/umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  }
}, 120_000)

it('refuses an upload that the disk has no room for, shows nothing of it, and takes the next', async () => {
  const disk = mountSmallDisk()
  if (disk === null) return
  const { folder } = planeFolder(disk)
  const plane = await startPlane(folder)
  try {
    const run = await newRun(plane)
    const { body } = await plane.ask('GET', `/runs/get?run_id=${run}`)
    const { info } = body['run'] as { readonly info: { readonly artifact_uri: string } }
    const root = info.artifact_uri.replace('mlflow-artifacts:/', '')
    const put = (name: string, bytes: number) =>
      fetch(`${plane.root}-artifacts/artifacts/${root}/${name}`, {
        method: 'PUT',
        body: Buffer.alloc(bytes, 1),
      })
    const refused = await put('large.bin', 40 * 1024 * 1024)
    expect(refused.status).toBe(503)
    expect(await refused.text()).toContain('STORAGE_FULL')
    expect((await put('small.bin', 1000)).status).toBe(200)
    const listed = await plane.ask('GET', `/artifacts/list?run_id=${run}`)
    expect(listed.body['files']).toEqual([{ path: 'small.bin', is_dir: false, file_size: 1000 }])
  } finally {
    await plane.stop()
    execFileSync('/bin/umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  }
}, 60_000)

/** A disk of its own can be mounted by root only, and not in every container; where it cannot, that is said. */
function mountSmallDisk(): string | null {
  const disk = mkdtempSync(join(tmpdir(), 'ratchet-small-disk-'))
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=24m', 'ratchet-test', disk], {
      stdio: 'pipe',
    })
    return disk
  } catch (error) {
    rmSync(disk, { recursive: true, force: true })
    if (isCi)
      throw new Error('CI tests a full disk: it must be able to mount one.', { cause: error })
    console.error(
      `NOT TESTED: a full disk. A small one could not be mounted (be root, outside of a container): ${String(error)}`,
    )
    return null
  }
}

async function fillAndFree(disk: string) {
  const { folder } = planeFolder(disk)
  const plane = await startPlane(folder)
  const run = await newRun(plane)
  const other = join(disk, 'other')
  writeFileSync(other, Buffer.alloc(8 * 1024 * 1024))
  const { kept: acknowledged, refused } = await logUntilFull(plane, run)
  const found = (await stepsOf(plane, run, 'm')).length
  rmSync(other)
  const { status } = await log(plane, run, acknowledged)
  if (status !== 200) throw new Error(`It did not write again after there was room: ${status}`)
  const afterwards = (await stepsOf(plane, run, 'm')).length
  await plane.stop()
  return { kept: { acknowledged, found }, refused, afterwards }
}

async function logUntilFull(plane: ControlPlane, run: string) {
  for (let kept = 0; kept < 2_000_000; kept += 1000) {
    const answer = await log(plane, run, kept)
    if (answer.status !== 200) return { kept, refused: answer }
  }
  throw new Error('the disk never was full')
}

function log(plane: ControlPlane, run: string, first: number) {
  const metrics = Array.from({ length: 1000 }, (_, index) => ({
    key: 'm',
    value: Math.random(),
    timestamp: 1_700_000_000_000 + first + index,
    step: first + index,
  }))
  return plane.ask('POST', '/runs/log-batch', { run_id: run, metrics })
}
