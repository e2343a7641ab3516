import type { WhyNode } from '../automation/why.ts'
import type { Snapshot } from '../capabilities/tracking/index.ts'
import type { Foundation } from './foundation.ts'
import { node } from './why-node.ts'

/** More would fill the story; the rest is with the run. */
const MOST_DATA = 20
const MOST_NAMES = 10

/** The project as it was when runs started in it: its commit, what differed, the data that lay in it. */
export async function snapshotNode(
  { tracking }: Pick<Foundation, 'tracking'>,
  id: string,
): Promise<WhyNode | null> {
  const snapshot = id.startsWith('snap_') ? await tracking.getSnapshot(id) : null
  if (snapshot === null) return null
  const { commit, changed, data, at } = snapshot
  return node(id, 'workspace', {
    at,
    sentence: `The project stood on commit ${commit.slice(0, 10)}, ${differences(snapshot)}`,
    facts: {
      changed: changed.length === 0 ? null : changed.slice(0, MOST_NAMES).join(', '),
      data: data.length === 0 ? null : `${snapshot.dataCount} outputs with a hash`,
    },
    causes: [commit, ...data.slice(0, MOST_DATA).map(({ md5 }) => md5)],
  })
}

function differences({ changedCount, untrackedCount, diff }: Snapshot): string {
  const unknown = untrackedCount === 0 ? '' : `; ${files(untrackedCount)} not in Git`
  if (changedCount === 0) return `without changes${unknown}`
  const kept = diff === null ? 'their difference was too large to keep' : 'their difference is kept'
  return `with ${files(changedCount)} changed (${kept})${unknown}`
}

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}
