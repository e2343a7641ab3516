import { cloudStatus } from './cloud-status.ts'
import type { DataProject } from './project.ts'
import type { TrackedOut } from './tracked/outs.ts'
import { isTargeted } from './tracked/paths.ts'

export interface RemoteQuestion {
  /** The remote to ask, instead of the default one. */
  readonly remote?: string | undefined
  /** Each file in folders, not only the folders. */
  readonly granular: boolean
  readonly targets: readonly string[]
}

/** Of what is pushed, the paths whose recorded content the remote lacks; folders end in a slash. @throws DATASET_REMOTE_… */
export async function notInRemote(
  project: DataProject,
  outs: readonly TrackedOut[],
  { remote, granular, targets }: RemoteQuestion,
): Promise<readonly string[]> {
  const pushed = outs.filter(({ push, hash }) => push && hash !== null)
  const tops = new Map(pushed.map(({ path, hash }) => [path, hash?.md5.endsWith('.dir') ?? false]))
  const asked = pushed.map((out) => ({ ...out, part: null }))
  const differences = await cloudStatus(project, [], { remote, outs: asked })
  return differences
    .filter(({ path, state }) => state !== 'deleted' && (granular || tops.has(path)))
    .filter(({ path }) => isTargeted(path, targets))
    .map(({ path }) => (tops.get(path) === true ? `${path}/` : path))
}
