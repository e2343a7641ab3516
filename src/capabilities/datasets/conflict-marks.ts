const MARK = /^(?:<{7}|={7}|>{7})(?:\s|$)/

/** The line, from 1, of the first mark that Git left of a merge that is not finished; null where there is none. */
export function conflictLine(text: string): number | null {
  if (!text.includes('<<<<<<<') && !text.includes('>>>>>>>')) return null
  const line = text.split('\n').findIndex((row) => MARK.test(row)) + 1
  return line === 0 ? null : line
}
