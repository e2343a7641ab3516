import type { SelectedOut } from '../targets.ts'
import type { ImportOrigin } from '../tracked/outs.ts'
import { keepsVersions } from '../versioned/recorded-files.ts'
import { isYamlMap } from '../yaml-values.ts'

/** An import of which the place it came from can be asked. */
export interface SourcedOut extends SelectedOut {
  readonly origin: ImportOrigin
}

/**
 * Whether the data is brought from where it was imported from: its store keeps the versions, it belongs to another
 * repository, or it was imported without its content. Of any other import only a remote has the content that is recorded.
 */
export function comesFromSource(out: SelectedOut): out is SourcedOut {
  const { origin, hash } = out
  if (origin === undefined) return false
  return hash === null || isOfRepository(origin) || keepsVersions(origin.dependency)
}

export function isOfRepository({ dependency }: ImportOrigin): boolean {
  return isYamlMap(dependency.get('repo'))
}
