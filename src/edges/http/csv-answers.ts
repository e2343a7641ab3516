import type { AnswerText, RunHistory, RunTableRow } from '../../capabilities/tracking/index.ts'
import { toValue } from './column-value.ts'
import { csvLine } from './csv.ts'
import { clientTime } from './time.ts'

/** Records of files that may be very long, written where they are read. The line before them says where to go on. */

/** How many there are; fewer than were asked for at the end. */
export const runRecords: AnswerText<{ readonly rows: readonly RunTableRow[] }> = {
  module: import.meta.url,
  name: 'runRecords',
  write: ({ rows }) => [`${rows.length}\n`, ...rows.map(runRecord)],
}

/** The token of the next page; none at the end. */
export const historyRecords: AnswerText<RunHistory> = {
  module: import.meta.url,
  name: 'historyRecords',
  write: ({ run: { id, name }, page: { items, nextPageToken } }) => [
    `${nextPageToken ?? ''}\n`,
    ...items.map(({ key, step, at, value }) =>
      csvLine([id, name, key, step, clientTime(at), Number.isNaN(value) ? 'NaN' : value]),
    ),
  ],
}

export function cutFirstLine(written: Uint8Array): {
  readonly first: string
  readonly records: Uint8Array
} {
  const end = written.indexOf(10)
  return {
    first: Buffer.from(written.subarray(0, end)).toString(),
    records: written.subarray(end + 1),
  }
}

function runRecord(row: RunTableRow): string {
  const { id, name, status, userId, startTime, endTime, experimentId, values } = row
  const times = [clientTime(startTime), endTime === null ? '' : clientTime(endTime)]
  return csvLine([id, name, status, userId, ...times, experimentId, ...values.map(toValue)])
}
