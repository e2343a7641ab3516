/**
 * A path as the file system takes it. Names that are no UTF-8 are kept as Python does ("surrogateescape"): each
 * odd byte is a lone surrogate U+DC80…U+DCFF, which is also how DVC writes them in listings.
 */
export function fsPath(path: string): string | Buffer {
  if (path.isWellFormed()) return path
  const parts: Buffer[] = []
  for (const character of path) {
    const code = character.codePointAt(0) ?? 0
    const isByte = code >= 0xdc80 && code <= 0xdcff
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'))
  }
  return Buffer.concat(parts)
}

/** The name that these bytes spell, odd ones as lone surrogates. */
export function decodeName(bytes: Uint8Array): string {
  let name = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    name +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
        : Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8')
    at += Math.max(1, length)
  }
  return name
}

// Of the UTF-8 sequence that starts here; 0 when none does.
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (lead > 0xf4 || at + length > bytes.length) return 0
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  const wrong =
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f)
  return wrong ? 0 : length
}
