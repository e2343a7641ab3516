/** What one look may announce: every file by itself, all in one, or the newest alone. */
export type Take = 'each' | 'coalesce' | 'latest'

/** A place that a model is trained from, and which of its files count. */
export interface Watch {
  /** Names its row, so that a changed pattern is a new watch. */
  readonly name: string
  readonly model: string
  /** A path or glob, from the project's folder, or an address: `s3://sales/weekly/*.parquet`. */
  readonly pattern: string
  readonly take: Take
}

export interface ListedFile {
  readonly path: string
  readonly size: number
  /** Milliseconds since 1970; null where a store does not tell. */
  readonly modifiedAt: number | null
}

export interface KnownFile extends ListedFile {
  /** `waiting`: seen, and not announced yet. */
  readonly state: 'waiting' | 'announced'
}
