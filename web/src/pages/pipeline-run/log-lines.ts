// Colours and movements of a terminal: what they mean is lost here, the words are not.
// oxlint-disable-next-line no-control-regex -- these are the characters that are meant
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*\u0007/g

/** The lines of a log as a terminal would leave them: of a line that was written over, the last state. */
export function logLines(text: string): readonly string[] {
  const lines = text.replaceAll(ESCAPES, '').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => {
    const whole = line.replace(/\r$/, '')
    return whole.slice(whole.lastIndexOf('\r') + 1)
  })
}

export interface LogPart {
  readonly text: string
  readonly isHit: boolean
}

/** A line cut where it has what is looked for, whatever the case. */
export function partsOf(line: string, find: string): readonly LogPart[] {
  if (find === '') return [{ text: line, isHit: false }]
  const [lower, wanted] = [line.toLowerCase(), find.toLowerCase()]
  // Where small letters are longer than great ones, places would not fit.
  if (lower.length !== line.length) return [{ text: line, isHit: false }]
  const parts: LogPart[] = []
  let at = 0
  for (let hit = lower.indexOf(wanted); hit >= 0; hit = lower.indexOf(wanted, at)) {
    if (hit > at) parts.push({ text: line.slice(at, hit), isHit: false })
    at = hit + wanted.length
    parts.push({ text: line.slice(hit, at), isHit: true })
  }
  if (at < line.length) parts.push({ text: line.slice(at), isHit: false })
  return parts
}

/** The places of the lines that have it. */
export function hitsIn(lines: readonly string[], find: string): readonly number[] {
  if (find === '') return []
  const wanted = find.toLowerCase()
  return lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index] : []))
}
