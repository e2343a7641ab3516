import { join } from 'node:path'
import { parseJson } from '../../../base/json.ts'
import type { ProcessIdentity } from '../processes.ts'
import type { RunError, RunId, StageRecord } from '../schema.ts'

/** The first line of a journal. */
export interface JournalHead {
  readonly kind: 'run'
  readonly id: RunId
  readonly targets: readonly string[]
  readonly at: number
  /** The process that runs the stages: when it is gone, nothing more is written. */
  readonly owner: ProcessIdentity
}

export type JournalLine =
  | JournalHead
  | { readonly kind: 'commit'; readonly commit: string; readonly dirty: boolean }
  | { readonly kind: 'stage'; readonly record: StageRecord }
  | {
      readonly kind: 'end'
      readonly status: 'succeeded' | 'failed' | 'cancelled'
      readonly at: number
      readonly error: RunError | null
    }

/** Where a run that no database was asked for is written down, one file a run. */
export function journalFolder(stateDir: string): string {
  return join(stateDir, 'run/journal')
}

/** The lines of a journal as far as they are whole: a process that was killed may have left half a line. */
export function parseJournal(text: string): readonly JournalLine[] {
  return text.split('\n').flatMap((line) => {
    const value = parseJson(line) as JournalLine | null | undefined
    return typeof value?.kind === 'string' ? [value] : []
  })
}
