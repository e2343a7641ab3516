import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'

/**
 * A program written in Go, `module/path@version`, built once into the user's cache folder. Fails, and says what it
 * needs, where there is no Go: interoperation is never assumed.
 */
export function goTool(requirement: string): string {
  const folder = join(homedir(), '.cache/ratchet/interop', requirement.replaceAll(/[^\w.]+/g, '-'))
  const tool = join(folder, basename(requirement.replace(/@.*$/, '')))
  if (existsSync(tool)) return tool
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('go', ['install', requirement], {
      stdio: 'pipe',
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
    })
  } catch (error) {
    throw new Error(
      `This test talks to the real ${requirement}. It needs Go (1.21 or newer) and Go's module proxy to build it in ` +
        `${folder}. Install golang and run it again.`,
      { cause: error },
    )
  }
  return tool
}
