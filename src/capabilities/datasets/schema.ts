/** A dataset at one content, as recorded in the database: where `why` ends. */
export interface DatasetVersion {
  readonly id: string
  /** The path, from the project's root. */
  readonly dataset: string
  /** MD5 of the content in DVC's form; a folder's ends in `.dir`. */
  readonly md5: string
  readonly size: number
  readonly nfiles: number | null
  readonly rows: number | null
  /** Git commit the project stood on. */
  readonly commit: string | null
  readonly createdAt: number
  readonly causedBy: string | null
}

export type DatasetVersionInput = Omit<DatasetVersion, 'id' | 'createdAt'>
