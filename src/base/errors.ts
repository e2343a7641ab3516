/** What the process says to its caller: see docs/reference/exit-codes in interfaces. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 69 | 70 | 130

export interface ErrorDefinition {
  /** HTTP status on every edge that has one. */
  readonly status: number
  /** Exit code of the command line. */
  readonly exit: ExitCode
  /** One sentence, the same for each occurrence. */
  readonly title: string
  /** What the reader can do about it. */
  readonly next: string
}

export interface ErrorOccurrence {
  /** What was found and what was expected, in this case. */
  readonly detail: string
  /** The file, line or field it is about, such as `ratchet.yaml:12:7 models.price.train`. */
  readonly path?: string | undefined
  /** Overrides the table's advice where the case knows better. */
  readonly next?: string | undefined
  readonly cause?: unknown
}

/** An expected failure: one row of the documented table of codes, with what was found this time. */
export class RatchetError extends Error {
  override readonly name = 'RatchetError'
  readonly code: string
  readonly status: number
  readonly exit: ExitCode
  readonly title: string
  readonly detail: string
  readonly path: string | undefined
  readonly next: string

  constructor(code: string, definition: ErrorDefinition, occurrence: ErrorOccurrence) {
    super(`${code}: ${occurrence.detail}`, { cause: occurrence.cause })
    this.code = code
    this.status = definition.status
    this.exit = definition.exit
    this.title = definition.title
    this.detail = occurrence.detail
    this.path = occurrence.path
    this.next = occurrence.next ?? definition.next
  }
}

export type ErrorTable = Readonly<Record<string, ErrorDefinition>>
export type ErrorConstructors<T extends ErrorTable> = {
  readonly [Code in keyof T]: (occurrence: ErrorOccurrence) => RatchetError
} & { readonly table: T }

/** Turns a table of codes into constructors: `throw errors.DATASET_MISSING({ detail })`. */
export function defineErrors<const T extends ErrorTable>(table: T): ErrorConstructors<T> {
  const entries = Object.entries(table).map(([code, definition]) => [
    code,
    (occurrence: ErrorOccurrence) => new RatchetError(code, definition, occurrence),
  ])
  return Object.fromEntries([...entries, ['table', table]]) as ErrorConstructors<T>
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
