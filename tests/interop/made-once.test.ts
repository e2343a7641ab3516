import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'

const MODULE = new URL('made-once.ts', import.meta.url).href
// Says that it began, leaves half a tool, and goes on when it may.
const SCRIPT = `echo begun >> "$1/log"
echo half > "$folder/tool"
until [ -e "$1/go" ]; do sleep 0.02; done
echo whole > "$folder/tool"`

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ratchet-made-once-'))
})
afterEach(() => rmSync(home, { recursive: true }))

/** Asks for the tool in a process of its own, which says what it got. */
function ask(): ChildProcess {
  const making = { requirement: 'a tool==1', script: SCRIPT, words: [home], needs: 'nothing' }
  const program = `import { readFileSync } from 'node:fs'
    import { madeOnce } from ${JSON.stringify(MODULE)}
    process.stdout.write(readFileSync(madeOnce(${JSON.stringify(making)}) + '/tool'))`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
}

async function said(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout?.on('data', (part: Buffer) => (text += part.toString()))
  await once(child, 'close')
  return text
}

async function begun(): Promise<void> {
  while (!existsSync(join(home, 'log'))) await setTimeout(10)
}

const go = (): void => writeFileSync(join(home, 'go'), '')
const timesBegun = (): number => readFileSync(join(home, 'log'), 'utf8').trim().split('\n').length

test('many at once make it once, and none sees half of it', async () => {
  const all = [ask(), ask(), ask()].map(said)
  await begun()
  await setTimeout(300)
  go()
  expect(await Promise.all(all)).toEqual(['whole\n', 'whole\n', 'whole\n'])
  expect(await said(ask())).toBe('whole\n')
  expect(timesBegun()).toBe(1)
})

test('what was killed while it was made is made anew', async () => {
  const killed = ask()
  await begun()
  process.kill(-(killed.pid ?? 0), 'SIGKILL')
  await once(killed, 'close')
  go()
  expect(await said(ask())).toBe('whole\n')
  expect(timesBegun()).toBe(2)
})

test('an install that outlives who asked for it is waited for', async () => {
  const killed = ask()
  await begun()
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  const next = said(ask())
  await setTimeout(300)
  go()
  expect(await next).toBe('whole\n')
  expect(timesBegun()).toBe(1)
})
