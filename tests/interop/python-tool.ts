import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * A command of a Python package in a virtual environment of its own under the user's cache folder, made when
 * it is missing. Fails, and says what it needs, where there is no Python: interoperation is never assumed.
 */
export function pythonTool(
  requirement: string,
  command: string,
  also: readonly string[] = [],
): string {
  const folder = join(homedir(), '.cache/ratchet/interop', requirement.replaceAll(/[^\w.]+/g, '-'))
  const tool = join(folder, 'bin', command)
  if (existsSync(tool)) return tool
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' })
    execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', requirement, ...also], {
      stdio: 'pipe',
    })
  } catch (error) {
    throw new Error(
      `This test compares us with the real ${requirement}. It needs python3 (3.9 or newer) with the venv ` +
        `module, and pip's package index, to make ${folder}. Install python3-venv and run it again.`,
      { cause: error },
    )
  }
  return tool
}
