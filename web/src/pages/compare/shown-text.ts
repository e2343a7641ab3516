/** A file as lines that can be compared: JSON in one form, with its keys in order, so that only values differ. */
export function shownLines(path: string, text: string): readonly string[] {
  const lines = (/\.json$/i.test(path) ? ordered(text) : text).split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** As it is where it cannot be read: a file that was cut short is still text. */
function ordered(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), byKey, 2)
  } catch {
    return text
  }
}

function byKey(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
