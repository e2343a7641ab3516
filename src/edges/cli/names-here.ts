import { posix } from 'node:path'
import type { CliContext } from './context.ts'
import { folderHere } from './data-project.ts'

/** How a path of the project is called from where the user stands. */
export type NameHere = (fromRoot: string) => string

export function namesHere(context: CliContext): NameHere {
  const folder = folderHere(context)
  return (path) => posix.relative(folder, path)
}

/** A stage or `.dvc` file as a command takes it from where the user stands: `train`, `../dvc.yaml:train`, `../a.dvc`. */
export function addressHere(address: string, here: NameHere): string {
  if (address.endsWith('.dvc')) return here(address)
  const at = address.lastIndexOf(':')
  const file = here(at < 0 ? 'dvc.yaml' : address.slice(0, at))
  const name = address.slice(at + 1)
  return file === 'dvc.yaml' ? name : `${file}:${name}`
}
