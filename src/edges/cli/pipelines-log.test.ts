import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogFollower } from './pipelines-log.ts'

let folder: string
let log: string
let shown: string[]
let follower: LogFollower
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-log-'))
  log = join(folder, 'stage.log')
  shown = []
  follower = new LogFollower(log, (lines) => void shown.push(...lines))
})
afterEach(async () => {
  await follower.end()
  rmSync(folder, { recursive: true })
})

const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('lines are shown as they come, and what has no end of line at the end', async () => {
  writeFileSync(log, 'one\ntw')
  await until(() => shown.length > 0)
  expect(shown).toEqual(['one'])
  appendFileSync(log, 'o\nthree')
  await follower.end()
  expect(shown).toEqual(['one', 'two', 'three'])
})

test('a bar of progress is shown as a terminal would leave it', async () => {
  writeFileSync(log, ' 1%\r 50%\r100%\nwindows\r\n\rlast')
  await follower.end()
  expect(shown).toEqual(['100%', 'windows', 'last'])
})

test('bytes that are no UTF-8 are shown as such, and one that is cut is put together', async () => {
  writeFileSync(
    log,
    Buffer.concat([Buffer.from([0xff, 0x41, 0x0a]), Buffer.from('ü').subarray(0, 1)]),
  )
  await until(() => shown.length > 0)
  appendFileSync(log, Buffer.from('ü').subarray(1))
  await follower.end()
  expect(shown).toEqual(['\uFFFDA', 'ü'])
})

test('twenty million characters without an end of line are shown in parts', async () => {
  writeFileSync(log, Buffer.alloc(20_000_000, 'x'))
  await follower.end()
  expect(Math.max(...shown.map(({ length }) => length))).toBeLessThan(200_000)
  expect(shown.reduce((sum, { length }) => sum + length, 0)).toBe(20_000_000)
})

test('a bar of progress that never ends its line takes no memory', async () => {
  writeFileSync(log, `${'\r 12% of the work is done'.repeat(400_000)}\n`)
  await follower.end()
  expect(shown).toEqual([' 12% of the work is done'])
})
