/** SQL's LIKE: `%` is anything, `_` one character. Takes no longer than pattern times text, whatever the pattern. */
export function likeMatcher(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const fold = ignoreCase ? foldCase : (text: string) => text
  const wanted = [...fold(pattern)]
  return (text) => matches(wanted, [...fold(text)])
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
