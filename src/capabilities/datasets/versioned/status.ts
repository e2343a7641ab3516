import { isCached } from '../cache.ts'
import type { DataProject } from '../project.ts'
import type { CallOptions, Remote } from '../remotes/port.ts'
import type { SelectedOut } from '../targets.ts'
import { filesOf, isAskedFor, nameOf } from './files-of.ts'
import { presentVersions } from './presence.ts'

/** Whether the cache and the remote have each file of an out, in the version that is recorded. */
export async function whereVersionsAre(
  project: DataProject,
  remote: Remote,
  out: SelectedOut,
  options: CallOptions & { readonly jobs?: number | undefined },
): Promise<readonly { readonly path: string; readonly here: boolean; readonly there: boolean }[]> {
  const files = filesOf(project, out)
  if (files === null) return [{ path: out.path, here: false, there: false }]
  const present = await presentVersions(remote, out, { ...options, files })
  return files.flatMap((file) =>
    isAskedFor(out, file)
      ? [
          {
            path: nameOf(out, file),
            here: isCached(project, file.md5, undefined, out.hash?.legacy),
            there: present.has(file),
          },
        ]
      : [],
  )
}
