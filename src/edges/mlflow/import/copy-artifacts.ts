import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RatchetError } from '../../../base/errors.ts'
import type { Artifacts } from '../../../capabilities/tracking/index.ts'
import type { LocateArtifacts } from './artifact-roots.ts'
import type { Tally } from './tally.ts'

export interface ArtifactImport {
  readonly artifacts: Pick<Artifacts, 'copyIn' | 'pathOf'>
  readonly locate: LocateArtifacts
  readonly tally: Tally
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
}

export interface Move {
  /** The run or model, for the report. */
  readonly id: string
  readonly uri: string
  readonly tails: readonly string[]
  /** Our address. */
  readonly to: string
}

const AT_ONCE = 8

/** Copies the files of a run or model that lie on this machine; those that are there already cost a look. */
export async function copyArtifacts(deps: ArtifactImport, move: Move): Promise<void> {
  const found = deps.locate(move.uri, move.tails)
  const target = deps.artifacts.pathOf(move.to)
  if (found.state === 'refused')
    deps.tally.skip({ kind: 'artifacts', id: move.id, reason: found.reason, fault: true })
  if (found.state !== 'here' || target === null) return
  const files = walk(found.folder, target, (path) =>
    deps.tally.skip({
      kind: 'artifacts',
      id: move.id,
      reason: `${path} is no plain file`,
      fault: true,
    }),
  )
  const copy = async (): Promise<void> => {
    for await (const file of files) {
      deps.signal.throwIfAborted()
      await copyOne(deps, move, file)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, copy))
}

interface File {
  readonly from: string
  readonly path: string
}

async function* walk(
  folder: string,
  target: string,
  refuse: (path: string) => void,
): AsyncGenerator<File> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const from = join(folder, entry.name)
    const path = `${target}/${entry.name}`
    if (entry.isDirectory()) yield* walk(from, path, refuse)
    else if (entry.isFile()) yield { from, path }
    else refuse(from)
  }
}

async function copyOne(deps: ArtifactImport, { id }: Move, { from, path }: File): Promise<void> {
  deps.tally.read({ artifacts: 1 })
  try {
    const bytes = await deps.artifacts.copyIn(path, from)
    if (bytes === null) return
    deps.onBytes(bytes)
    deps.tally.written({ artifacts: 1 })
  } catch (error) {
    if (!(error instanceof RatchetError) || !error.code.startsWith('ARTIFACT_')) throw error
    const reason = `${error.title} ${error.detail} (${from})`
    deps.tally.skip({ kind: 'artifacts', id, reason, fault: true })
  }
}
