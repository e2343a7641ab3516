import { createHash, type Hash } from 'node:crypto'

/** DVC looks at a file in pieces of this size. */
export const LEGACY_CHUNK = 1 << 20

/**
 * The hash of DVC 2 ("md5-dos2unix"), as dvc-data's `hash.py` computes it: a chunk that looks like text is hashed
 * with Unix line ends. What is stored are the original bytes.
 */
export function legacyUpdate(sum: Hash, chunk: Buffer): Hash {
  if (!looksLikeText(chunk) || !chunk.includes('\r\n')) return sum.update(chunk)
  return sum.update(Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))
}

// dvc-data `istextfile.py`: no NUL in the first 512 bytes, and at most 30 % outside printable ASCII.
function looksLikeText(chunk: Buffer): boolean {
  const block = chunk.subarray(0, 512)
  if (block.includes(0)) return false
  const odd = block.filter((byte) => !isTextByte(byte)).length
  return block.length === 0 || odd / block.length <= 0.3
}

function isTextByte(byte: number): boolean {
  return (byte >= 32 && byte <= 126) || (byte >= 8 && byte <= 13 && byte !== 11)
}

/** As DVC 2 itself hashed: the start of the file decides for all of it. */
export function wholeFileLegacyHash(bytes: Buffer): string {
  const sum = createHash('md5')
  if (!looksLikeText(bytes)) return sum.update(bytes).digest('hex')
  return sum
    .update(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))
    .digest('hex')
}
