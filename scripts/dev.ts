/**
 * `npm run dev [-- FOLDER]`: server and page, both reloading. FOLDER is a project; without one, a copy of
 * examples/births in .dev/ that stays from one time to the next.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const named = process.argv[2]
const project = named === undefined ? exampleProject() : resolve(named)

const started = [
  run(process.execPath, [`--watch-path=${ROOT}src`, `${ROOT}src/main/cli.ts`, 'up'], project),
  run(`${ROOT}node_modules/.bin/vite`, ['web'], ROOT),
]
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const child of started) child.kill('SIGTERM')
  })

function exampleProject(): string {
  const folder = `${ROOT}.dev/births`
  if (!existsSync(folder)) {
    cpSync(`${ROOT}examples/births`, folder, { recursive: true })
    execFileSync('git', ['init', '-q', folder])
  }
  return folder
}

function run(command: string, args: readonly string[], cwd: string) {
  return spawn(command, args, { cwd, stdio: 'inherit' })
}
