import { realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Json } from '../../base/json.ts'
import { type DataProject, openDataProject } from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'

/** Opens the DVC project for one command and closes it after. */
export async function withDataProject<T>(
  context: CliContext,
  work: (project: DataProject) => Promise<T> | T,
): Promise<T> {
  const project = openDataProject(context.dataRoot(), { stateDir: context.stateDir() })
  try {
    return await work(project)
  } finally {
    project.close()
  }
}

/** What the user named from where they stand, as the project names it: from its root, forward slashes. */
export function fromRoot(context: CliContext, project: DataProject, path: string): string {
  const absolute = isAbsolute(path) ? path : resolve(context.cwd, path)
  return relative(project.root, absolute).replaceAll('\\', '/')
}

/** Where the user stands, from the root of the project; '' at the root. */
export function folderHere(context: CliContext): string {
  return relative(realpathSync(context.dataRoot()), context.cwd).replaceAll(sep, '/')
}

/** Any value of ours as JSON: what is undefined is left out. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
