/** JSON in pieces, one after the other; bytes are UTF-8. */
export type JsonPieces = readonly (string | Uint8Array)[]

/**
 * How an edge writes what was found: its text is made where the reading is done. A function does not cross threads but
 * its module does, so it says where it is: exported by `module` (an URL) under `name`.
 */
export interface AnswerText<Found> {
  readonly module: string
  readonly name: string
  readonly write: (found: Found) => JsonPieces
}

/** All of it, in memory of its own that can be handed to another thread. */
export function joinPieces(pieces: JsonPieces): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  if (pieces.every((piece) => typeof piece === 'string')) return encoder.encode(pieces.join(''))
  const encoded = pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece))
  const joined = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of encoded) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
