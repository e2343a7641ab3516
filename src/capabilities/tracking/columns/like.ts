/** SQL's LIKE: `%` is anything, `_` one character. Takes no longer than pattern times text, whatever the pattern. */
export function likeMatcher(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const fold = ignoreCase ? foldCase : (text: string) => text
  const folded = fold(pattern)
  if (!folded.includes('_')) {
    const parts = folded.split('%')
    return (text) => hasParts(parts, fold(text))
  }
  const wanted = [...folded]
  return (text) => matches(wanted, [...fold(text)])
}

// What most patterns are: the beginning, the end, and between them each part after the one before.
function hasParts(parts: readonly string[], text: string): boolean {
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return text === first
  const end = text.length - last.length
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

// As SQLite does: letters of ASCII only.
function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function matches(pattern: readonly string[], text: readonly string[]): boolean {
  let place = 0
  let at = 0
  let wildcard = -1
  let resume = 0
  while (at < text.length) {
    if (pattern[place] === '%') {
      wildcard = place
      resume = at
      place += 1
    } else if (pattern[place] === '_' || pattern[place] === text[at]) {
      place += 1
      at += 1
    } else if (wildcard >= 0) {
      resume += 1
      at = resume
      place = wildcard + 1
    } else return false
  }
  while (pattern[place] === '%') place += 1
  return place === pattern.length
}
