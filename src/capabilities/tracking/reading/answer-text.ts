/**
 * How an edge writes what was found: its text is made where the reading is done. A function does not cross threads but
 * its module does, so it says where it is: exported by `module` (an URL) under `name`.
 */
export interface AnswerText<Found> {
  readonly module: string
  readonly name: string
  readonly write: (found: Found) => string
}
