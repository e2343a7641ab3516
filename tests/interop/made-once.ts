import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** How the folder of a tool is filled: `script` is for sh, `$folder` in it is the folder and `$@` are the words. */
export interface Making {
  /** What is installed, with its version; it names the folder. */
  readonly requirement: string
  readonly script: string
  readonly words: readonly string[]
  /** What this machine lacks when it fails, for whoever runs the test. */
  readonly needs: string
}

// The lock is flock(2)'s: it belongs to the open file, which everything that installs inherits, and ends with the last of
// it, killed or not. A folder without the mark was cut while it was filled.
const ONCE = `
folder=$1
shift
if [ ! -e "$folder/whole" ]; then
  rm -rf "$folder"
  mkdir "$folder"
  SCRIPT
  touch "$folder/whole"
fi`

/**
 * A folder under the user's cache folder, filled when it is missing: by one of all that ask for it at once, and used by
 * nobody before it is whole. Fails, and says what it needs, where it cannot be: interoperation is never assumed.
 */
export function madeOnce({ requirement, script, words, needs }: Making): string {
  const name = requirement.replaceAll(/[^\w.]+/g, '-')
  const folder = join(homedir(), '.cache/ratchet/interop', name)
  if (existsSync(join(folder, 'whole'))) return folder
  mkdirSync(dirname(folder), { recursive: true })
  const filling = ['sh', '-euc', ONCE.replace('SCRIPT', script), 'sh', folder, ...words]
  try {
    execFileSync('flock', [`${folder}.lock`, ...filling], { stdio: 'pipe' })
  } catch (error) {
    throw new Error(
      `This test stands beside the real ${requirement}, in ${folder}. To make it, ${needs}`,
      { cause: error },
    )
  }
  return folder
}
