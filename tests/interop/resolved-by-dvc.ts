import { execFileSync } from 'node:child_process'
import type { Json } from '../../src/base/json.ts'
import { pythonOf, tools } from './tools.ts'

/** Every stage of a repository as the real DVC resolves it. */
export function resolvedByDvc(root: string): readonly Json[] {
  const python = pythonOf(tools.dvc())
  const script = new URL('resolved-stages.py', import.meta.url).pathname
  const output = execFileSync(python, [script, root], { encoding: 'utf8', cwd: root })
  return JSON.parse(output) as readonly Json[]
}
