import type { RunSnapshot } from './schema.ts'
import { snapshotId } from './snapshot-id.ts'

const SNAPSHOT = {
  commit: 'c'.repeat(40),
  changed: ['src/train.py'],
  changedCount: 1,
  untracked: ['scratch.txt'],
  untrackedCount: 3,
  diff: '-first\n+second\n',
  data: [{ path: 'data/raw.csv', md5: 'd'.repeat(32) }],
  dataCount: 1,
}
/** What a run started in. */
export const STARTED_IN: RunSnapshot = {
  snapshot: { id: snapshotId(SNAPSHOT), ...SNAPSHOT, at: 5 },
  script: 'src/train.py',
  matchedBy: 'path',
  client: 'mlflow-python-client/3.17.2',
  at: 6,
}
