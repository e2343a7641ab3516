import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import type { Json } from '../../src/base/json.ts'
import { pythonTool } from './python-tool.ts'

/** Every stage of a repository as the real DVC resolves it. */
export function resolvedByDvc(root: string): readonly Json[] {
  const dvc = pythonTool('dvc==3.67.1', 'dvc')
  const python = join(dirname(dvc), 'python')
  const script = new URL('resolved-stages.py', import.meta.url).pathname
  const output = execFileSync(python, [script, root], { encoding: 'utf8', cwd: root })
  return JSON.parse(output) as readonly Json[]
}
