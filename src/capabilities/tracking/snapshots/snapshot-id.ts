import { sha256 } from '../../../base/hash.ts'
import type { Snapshot } from './schema.ts'

/** `snap_` and a hash of all that is kept but the time, so that it can be made again from what an archive says. */
export function snapshotId(content: Omit<Snapshot, 'id' | 'at'>): string {
  const { commit, changed, changedCount, untracked, untrackedCount, diff, data, dataCount } =
    content
  const files = [changed, changedCount, untracked, untrackedCount]
  const hashes = data.map(({ path, md5 }) => [path, md5])
  const whole = JSON.stringify([commit, ...files, diff, hashes, dataCount])
  return `snap_${sha256(whole).slice(0, 32)}`
}
