import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The script of an npm package that only tests need, installed once into the user's cache folder: `package@version`. */
export function npmTool(requirement: string, script: string): string {
  const folder = join(homedir(), '.cache/ratchet/interop', requirement.replaceAll(/[^\w.]+/g, '-'))
  const [name = ''] = requirement.split(/(?<=.)@/)
  const file = join(folder, 'node_modules', name, script)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', requirement], {
      stdio: 'pipe',
      cwd: folder,
    })
  } catch (error) {
    throw new Error(
      `This test talks to the real ${requirement}. It needs npm and the npm registry to install it in ${folder}.`,
      { cause: error },
    )
  }
  return file
}
